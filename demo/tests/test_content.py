"""The school's files are whole: every image is there, every question can be answered, all languages agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from demo.tests.content import COURSES, DEMO, LESSONS, QUIZZES, named, questions, self_checks

TYPES = {
    "single_choice",
    "multiple_choice",
    "true_false",
    "numeric",
    "short_text",
    "ordering",
    "matching",
    "fill_blanks",
}
TEXTS = [*LESSONS, *QUIZZES, *DEMO.glob("courses/**/index.md")]
TRANSLATIONS = sorted(DEMO.glob("courses/*/translations/*"))
QUESTIONS = list(questions())
LANGUAGES = ["en", "fr", "ar"]


def episodes(config: dict) -> list[str]:
    """The files a course names, in order."""
    return [name for module in config["modules"] for name in module["episodes"]]


@pytest.mark.parametrize("folder", [*COURSES, *TRANSLATIONS], ids=named)
def test_course_names_every_file_once(folder: Path):
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    files = sorted(path.name for path in (folder / "episodes").iterdir() if path.is_file())
    assert sorted(episodes(config)) == files
    assert config["title"]
    assert config["summary"]


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_links_lead_to_files_and_images_have_words(path: Path):
    for bang, words, target in re.findall(r"(!?)\[([^\]]*)\]\(([^)\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).is_file(), target
        if bang:
            assert words.strip(), target


@pytest.mark.parametrize("path", LESSONS, ids=named)
def test_divs_and_fences_are_closed(path: Path):
    open_divs: list[str] = []
    inside_code = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            inside_code = not inside_code
        elif not inside_code and (div := re.match(r"(:{3,})(\s*\S*)", line)):
            if div[2].strip():
                open_divs.append(div[1])
            else:
                assert open_divs.pop() == div[1], line
    assert not inside_code
    assert open_divs == []


def test_pictures_are_light():
    heavy = {named(path): path.stat().st_size for path in DEMO.rglob("*.png") if path.stat().st_size > 60_000}
    assert heavy == {}


@pytest.mark.parametrize("question", [question for _, question in QUESTIONS], ids=[place for place, _ in QUESTIONS])
def test_question_can_be_answered(question: dict):
    assert question["prompt"].strip()
    assert question["explanation"].strip()
    assert question["points"] >= 1
    match question["type"]:
        case "single_choice":
            assert [bool(option.get("correct")) for option in question["options"]].count(True) == 1
            assert all(option["text"] and option["feedback"] for option in question["options"])
        case "multiple_choice":
            right = [bool(option.get("correct")) for option in question["options"]]
            assert 1 <= right.count(True) < len(right)
            assert all(option["text"] and option["feedback"] for option in question["options"])
        case "true_false":
            assert isinstance(question["answer"], bool)
            assert question["feedback_true"]
            assert question["feedback_false"]
        case "numeric":
            assert isinstance(question["answer"], int | float)
            assert question["tolerance"] >= 0
        case "short_text":
            assert question["accepted"]
            assert all(isinstance(answer, str) for answer in question["accepted"])
        case "ordering":
            assert len(question["items"]) == len(set(question["items"])) >= 3
        case "matching":
            rights = [pair["right"] for pair in question["pairs"]] + question.get("distractors", [])
            assert len(rights) == len(set(rights))
        case "fill_blanks":
            numbers = sorted(int(number) for number in re.findall(r"\[\[(\d+)\]\]", question["text"]))
            assert numbers == list(range(1, len(question["blanks"]) + 1))
            assert all(blank["accepted"] for blank in question["blanks"])
        case other:
            pytest.fail(f"no such type: {other}")


def test_first_course_uses_every_question_type():
    start = "courses/python-first-steps/episodes/"
    assert {question["type"] for place, question in QUESTIONS if place.startswith(start)} == TYPES


@pytest.mark.parametrize("folder", TRANSLATIONS, ids=named)
def test_translation_has_the_same_shape(folder: Path):
    original = folder.parent.parent
    names = [path.name for path in sorted((original / "episodes").iterdir()) if path.is_file()]
    assert [path.name for path in sorted((folder / "episodes").iterdir()) if path.is_file()] == names
    configs = [yaml.safe_load((at / "config.yaml").read_text(encoding="utf-8")) for at in (original, folder)]
    assert episodes(configs[0]) == episodes(configs[1])
    for name in names:
        ours, theirs = original / "episodes" / name, folder / "episodes" / name
        if name.endswith(".md"):
            both = [self_checks(path) for path in (ours, theirs)]
        else:
            both = [yaml.safe_load(path.read_text(encoding="utf-8"))["questions"] for path in (ours, theirs)]
        assert [key(question) for question in both[0]] == [key(question) for question in both[1]], name


def key(question: dict) -> tuple:
    """What must not differ between languages: which question it is and which of its parts are right."""
    return (
        question["id"],
        question["type"],
        question["points"],
        [bool(option.get("correct")) for option in question.get("options", [])],
        question.get("answer"),
        question.get("tolerance"),
        len(question.get("items", [])),
        len(question.get("pairs", [])),
        len(question.get("blanks", [])),
    )


def test_courses_exist_in_the_languages_promised():
    assert {folder.name: sorted(path.name for path in (folder / "translations").iterdir()) for folder in COURSES} == {
        "data-with-sqlite": ["fr"],
        "python-first-steps": ["ar", "fr"],
        "web-pages-that-load-fast": ["fr"],
    }


def test_school_names_what_exists_in_every_language():
    school = yaml.safe_load((DEMO / "school.yaml").read_text(encoding="utf-8"))
    configs = [yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8")) for folder in COURSES]
    assert sorted(school["courses"]) == sorted(config["slug"] for config in configs)
    assert {slug for config in configs for slug in config["categories"]} <= {
        category["slug"] for category in school["categories"]
    }
    assert [path.stem for path in sorted((DEMO / "paths").iterdir())] == school["paths"]
    assert (DEMO / school["hero_image"]).is_file()
    assert list(school["languages"]) == LANGUAGES
    english, *others = (shape(school["languages"][code]["sections"]) for code in LANGUAGES)
    assert all(other == english for other in others)
    for entry in [*school["glossary"], *school["categories"]]:
        texts = [entry[name] for name in ("term", "title", "definition", "description") if name in entry]
        assert len(texts) == 2, entry["slug"]
        assert all(list(text) == LANGUAGES and all(text.values()) for text in texts), entry["slug"]
    for account in school["accounts"]:
        assert list(account["name"]) == LANGUAGES, account["email"]


def shape(value: object) -> object:
    """What must not differ between the home pages: kinds, targets, courses, and how many texts there are."""
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, dict):
        fixed = ("kind", "target", "courses", "paths")
        return {name: inner if name in fixed else shape(inner) for name, inner in value.items()}
    return type(value)


@pytest.mark.parametrize("path", sorted((DEMO / "paths").iterdir()), ids=named)
def test_path_leads_over_courses_of_the_school(path: Path):
    slugs = {yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))["slug"] for folder in COURSES}
    learning_path = yaml.safe_load(path.read_text(encoding="utf-8"))
    stages = [stage["courses"] for stage in learning_path["stages"]]
    assert {slug for stage in stages for slug in stage} <= slugs
    assert [learning_path["lang"], *learning_path["translations"]] == LANGUAGES
    for translation in learning_path["translations"].values():
        assert [stage["courses"] for stage in translation["stages"]] == stages
        assert len(translation["outcomes"]) == len(learning_path["outcomes"])
