"""What a lesson says a program prints is what the program prints."""

from __future__ import annotations

import csv
import gzip
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.tests.content import DEMO, LESSONS, Example, examples, named

DATA = DEMO / "courses" / "data-with-sqlite"
PYTHON = [example for path in LESSONS for example in examples(path) if example.language == "python"]


@dataclass(frozen=True)
class Market:
    """What the course on SQLite calls its things in one language."""

    episodes: Path
    file: str
    database: str
    table: str


MARKETS = {
    "en": Market(DATA / "episodes", "market.csv", "market.db", "sale"),
    "fr": Market(DATA / "translations" / "fr" / "episodes", "marche.csv", "marche.db", "vente"),
}


def fill_sales(db: sqlite3.Connection, market: Market) -> None:
    """Load the market's CSV, as the first lesson tells learners to do, once its table exists."""
    with (market.episodes / "files" / market.file).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    db.executemany(f"INSERT INTO {market.table} VALUES (?, ?, ?, ?, ?)", rows)
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
def markets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the market's database in each language, as it stands after all SQL of the course."""
    folder = tmp_path_factory.mktemp("market")
    for market in MARKETS.values():
        db = sqlite3.connect(folder / market.database, isolation_level=None)
        for path in sorted(market.episodes.glob("*.md")):
            for example in examples(path):
                if example.language != "sql":
                    continue
                answer = ask(db, example.code)
                if f"CREATE TABLE {market.table} " in example.code:
                    fill_sales(db, market)
                if example.output is not None:
                    assert answer == printed_table(example.output), str(example)
                else:
                    assert not answer, f"{example} answers something that the lesson does not show"
        db.close()
        shutil.copy(market.episodes / "files" / market.file, folder)
    return folder


def test_sql_answers_as_printed(markets):
    assert all((markets / market.database).stat().st_size > 0 for market in MARKETS.values())


def test_every_language_of_the_course_has_its_market():
    there = {path.name for path in (DATA / "translations").iterdir()}
    assert set(MARKETS) == {"en", *there}


def test_markets_sold_the_same_in_every_language():
    """Days, kilograms and prices agree, and each product has one name."""
    rows = {}
    for code, market in MARKETS.items():
        with (market.episodes / "files" / market.file).open(encoding="utf-8", newline="") as file:
            rows[code] = list(csv.reader(file))[1:]
    numbers = {code: [[*row[:2], *row[3:]] for row in found] for code, found in rows.items()}
    assert numbers["en"] == numbers["fr"]
    pairs = {(english[2], french[2]) for english, french in zip(rows["en"], rows["fr"], strict=True)}
    assert (
        len(pairs) == len({english for english, _french in pairs}) == len({french for _english, french in pairs}) == 5
    )


@pytest.mark.parametrize("example", PYTHON, ids=str)
def test_python_prints_what_the_lesson_says(example: Example, markets):
    run = subprocess.run(
        [sys.executable, "-I", "-c", example.code], cwd=markets, capture_output=True, text=True, timeout=30, check=False
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


def test_pages_weigh_what_the_lesson_says():
    """The lesson on text first names the weight of its page, plain and compressed, in each language."""
    for path in (DEMO / "courses" / "web-pages-that-load-fast").rglob("04-text-first.md"):
        text = path.read_text(encoding="utf-8")
        page, smaller = [example.code.encode() for example in examples(path) if example.language == "html"]
        assert str(len(page)) in text, named(path)
        near = {str(number) for number in range(len(gzip.compress(page)) - 5, len(gzip.compress(page)) + 6)}
        assert near & set(re.findall(r"\d+", text)), named(path)
        assert len(smaller) < 500, named(path)
