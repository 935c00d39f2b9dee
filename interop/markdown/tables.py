"""Tables: pipe tables from tokens, grid tables (``+--+``) from their lines."""

import re
from itertools import pairwise
from typing import Any

_BORDER = re.compile(r"^\+(?:[-=:]+\+)+$")
MAX_COLUMNS = 20
MAX_ROWS = 500


def table_value(header: list[str], rows: list[list[str]], caption: str = "") -> dict[str, Any]:
    """A table block's value.

    Args:
        header: plain text of the first row.
        rows: rich text of each cell; short rows are filled up, long ones cut, as in Markdown.
    """
    width = max(1, min(MAX_COLUMNS, len(header)))
    header = (header + [""] * width)[:width]
    return {
        "caption": caption,
        "table": {
            "columns": [{"type": "text", "heading": heading} for heading in header],
            "rows": [{"values": (row + [""] * width)[:width]} for row in rows[:MAX_ROWS]],
        },
    }


def grid_cells(lines: list[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a grid table; each cell is Markdown with its lines kept.

    Columns are where the first border has its plus signs. Without a ``+===+`` border there is no header.
    """
    stops = [match.start() for match in re.finditer(r"\+", lines[0])]
    header: list[str] = []
    rows: list[list[str]] = []
    current: list[list[str]] = []
    for line in [*lines[1:], lines[0]]:
        if _BORDER.match(line):
            cells = ["\n".join(row[column] for row in current).strip("\n") for column in range(len(stops) - 1)]
            current = []
            if any(cell.strip() for cell in cells):
                rows.append(cells)
            if "=" in line and not header and len(rows) == 1:
                header = rows.pop()
            continue
        current.append([_cell(line, start, end) for start, end in pairwise(stops)])
    return header, rows


def _cell(line: str, start: int, end: int) -> str:
    cell = line[start + 1 : end]
    return (cell[1:] if cell.startswith(" ") else cell).rstrip()
