"""What a lesson says a program prints is what the program prints."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from demo.tests.content import DEMO, LESSONS, Example, examples

MARKET = DEMO / "courses" / "data-with-sqlite" / "episodes"
PYTHON = [example for path in LESSONS for example in examples(path) if example.language == "python"]


def fill_sales(db: sqlite3.Connection) -> None:
    """Load the market's CSV, as the first lesson tells learners to do, once its table exists."""
    with (MARKET / "files" / "market.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    db.executemany("INSERT INTO sale VALUES (?, ?, ?, ?, ?)", rows)
    db.commit()


def ask(db: sqlite3.Connection, code: str) -> list[list[str]]:
    """Run a block of SQL and return the header and rows of its last query as text, or the error's words."""
    table: list[list[str]] = []
    for statement in filter(str.strip, re.split(r";\s*\n|;\s*$", code)):
        try:
            cursor = db.execute(statement)
        except sqlite3.Error as error:
            return [[str(error)]]
        if cursor.description:
            rows = [["" if cell is None else str(cell) for cell in row] for row in cursor]
            table = [[column[0] for column in cursor.description], *rows]
    return table


def printed_table(output: str) -> list[list[str]]:
    """The cells of a table in the shell's column mode; an error's line becomes one cell."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    if len(lines) == 1:
        return [[lines[0].split("error: ", 1)[-1]]]
    starts = [match.start() for match in re.finditer(r"-+", lines[1])]
    ends = [*starts[1:], None]
    return [[line[a:b].strip() for a, b in zip(starts, ends, strict=True)] for line in [lines[0], *lines[2:]]]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the market's database as it stands after all SQL of the course."""
    folder = tmp_path_factory.mktemp("market")
    db = sqlite3.connect(folder / "market.db", isolation_level=None)
    for path in sorted(MARKET.glob("*.md")):
        for example in examples(path):
            if example.language != "sql":
                continue
            answer = ask(db, example.code)
            if "CREATE TABLE sale " in example.code:
                fill_sales(db)
            if example.output is not None:
                assert answer == printed_table(example.output), str(example)
            else:
                assert not answer, f"{example} answers something that the lesson does not show"
    db.close()
    shutil.copy(MARKET / "files" / "market.csv", folder)
    return folder


def test_sql_answers_as_printed(market):
    assert (market / "market.db").stat().st_size > 0


@pytest.mark.parametrize("example", PYTHON, ids=str)
def test_python_prints_what_the_lesson_says(example: Example, market):
    run = subprocess.run(
        [sys.executable, "-I", "-c", example.code], cwd=market, capture_output=True, text=True, timeout=30, check=False
    )
    if example.output is None:
        assert run.returncode == 0, run.stderr
        return
    expected = example.output.splitlines()
    if "Error: " in expected[-1]:
        said = [line for line in expected[:-1] if not line.startswith(("Traceback", "  "))]
        assert run.stdout.splitlines() == said
        assert run.stderr.splitlines()[-1].startswith(expected[-1].split(";")[0])
    else:
        assert run.stderr == ""
        assert run.stdout == example.output
