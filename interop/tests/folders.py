"""Course folders made for a test."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management import call_command
from PIL import Image

from interop.actions.import_course import ImportResult, import_course
from interop.course_folder import read_course
from interop.report import LossReport

LESSON_ONE = """---
title: Shells
teaching: 10
exercises: 5
---

::: objectives
- Say what a shell is
:::

A *shell* reads commands. See [the next lesson](02-files.md), [the data](data.csv) and [a page](https://example.com/).

```bash
$ echo hello
```

![A prompt with a cursor](fig/prompt.png "What one sees.")

::::: challenge

## Echo

Which command prints `hello`?

1. `print hello`
2. `echo hello`

::: solution
The answer is 2.
:::
:::::
"""
LESSON_TWO = """---
title: Files
---

Files have names.

:::: self-check
id: files-names
type: true_false
prompt: Two files in one folder may have the same name.
answer: false
explanation: The name tells them apart.
::::
"""
QUIZ = """kind: quiz
title: Check yourself
pass_mark: 60
attempts: 3
time_limit: 20
intro: Two questions.
questions:
  - id: kilo
    type: numeric
    prompt: How many grams has a kilogram?
    answer: 1000
    unit: g
    explanation: Kilo means thousand.
  - id: order
    type: ordering
    prompt: From small to large.
    items: [one, two, three]
    explanation: Count.
"""
FRENCH = {
    "translations/fr/config.yaml": "title: Le shell\nlang: fr\nslug: le-shell\nsummary: Les commandes.\n",
    "translations/fr/episodes/01-shells.md": LESSON_ONE.replace("Shells", "Les shells").replace(
        "A *shell*", "Un *shell*"
    ),
    "translations/fr/episodes/02-files.md": LESSON_TWO.replace("Files", "Fichiers").replace(
        "Two files", "Deux fichiers"
    ),
    "translations/fr/episodes/03-check.quiz.yaml": QUIZ.replace("Check yourself", "Vérifiez"),
}
COURSE: dict[str, str] = {
    "config.yaml": (
        "title: The Shell\nslug: the-shell\nlang: en\nsummary: Commands.\ncategories: [programming]\ntags: [shell]\n"
        "outcomes: [Type a command]\nlicense: CC BY 4.0\nepisodes: [01-shells.md, 02-files.md, 03-check.quiz.yaml]\n"
    ),
    "index.md": "What a shell is for.\n",
    "episodes/01-shells.md": LESSON_ONE,
    "episodes/02-files.md": LESSON_TWO,
    "episodes/03-check.quiz.yaml": QUIZ,
    "episodes/data.csv": "name,size\na,1\n",
}


def write_course(folder: Path, files: Mapping[str, str | bytes] = COURSE) -> Path:
    """Write files, and the picture that the first lesson shows."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    picture = folder / "episodes" / "fig" / "prompt.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 20), "navy").save(picture)
    return folder


def load(folder: Path, **options: Any) -> ImportResult:
    """Read and import a folder, published."""
    report = LossReport()
    source = read_course(folder, report=report)
    return import_course(actor=None, source=source, report=report, **{"publish": True, **options})


def run_command(folder: Path, *options: str) -> None:
    """``manage.py import_course``, silently."""
    call_command("import_course", str(folder), *options, verbosity=0)
