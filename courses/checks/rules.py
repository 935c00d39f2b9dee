"""What a page must say before learners see it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from courses.checks.problem import Problem, Severity
from courses.checks.questions import is_question, question_problems
from courses.checks.streams import STREAM_FIELDS, Content, content_of, has_video, kind_of, list_values, walk
from courses.checks.structure import Node, rule_problems, structure_problems
from videos.moments import read_moment


def content_problems(content: Content) -> list[Problem]:
    """Everything wrong with what one page says, whatever stands around it in the tree."""
    found = [*_RULES.get(content.kind, _nothing)(content)]
    for name in STREAM_FIELDS:
        if name != "questions":
            found += _stream_problems(content, name)
    return found


def course_problems(tree: Node, contents: Mapping[int, Content]) -> list[Problem]:
    """Everything wrong with a course: its tree, and the content of those of its pages that are given."""
    found = list(structure_problems(tree))
    for node in _flat(tree):
        if node.pk is not None and node.pk in contents:
            found += content_problems(contents[node.pk])
    return found


def page_problems(page: Page) -> list[Problem]:
    """Everything that must be put right before ``page`` goes live, with its place in the tree; a few queries."""
    content = content_of(page)
    found = content_problems(content)
    if page.pk is None:
        return found
    if content.kind in ("course", "module"):
        depth = 2 if content.kind == "course" else 1
        found += structure_problems(_node_with_children(page, content, depth), deep=False)
    elif content.kind == "lesson" and content.text("completion_rule") == "quiz":
        later = Page.objects.filter(path__gt=page.path, depth=page.depth, quizpage__isnull=False)
        lesson = Node("lesson", page.pk, page.title, "quiz")
        in_module = later.filter(path__startswith=page.path[: -Page.steplen])
        found += rule_problems(lesson, has_later_quiz=in_module.exists())
    return found


def _node_with_children(page: Page, content: Content, depth: int) -> Node:
    rows = list(
        page.get_descendants()
        .filter(depth__lte=page.depth + depth)
        .order_by("path")
        .values_list("pk", "path", "draft_title", "content_type__model")
    )

    def children_of(path: str) -> tuple[Node, ...]:
        return tuple(
            Node(kind_of(model), pk, title, children=children_of(below))
            for pk, below, title, model in rows
            if len(below) == len(path) + Page.steplen and below.startswith(path)
        )

    return Node(content.kind, page.pk, page.title, children=children_of(page.path))


def _flat(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _flat(child)


def _problem(content: Content, field: str, message: str, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(content.pk, content.title, field, message, severity)


def _nothing(content: Content) -> Iterable[Problem]:
    return ()


def _course(content: Content) -> Iterator[Problem]:
    if not content.text("summary"):
        yield _problem(content, "summary", _("Say in two sentences what the course is about."))
    if not content.stream("outcomes"):
        yield _problem(content, "outcomes", _("Say what one learns: people choose by it."), Severity.WARNING)
    if not content.fields.get("cover"):
        yield _problem(content, "cover", _("A cover picture makes the course easier to find."), Severity.WARNING)


def _lesson(content: Content) -> Iterator[Problem]:
    if not content.stream("body"):
        yield _problem(content, "body", _("The lesson is empty."))
    if content.text("completion_rule") == "watched" and not has_video(content.stream("body")):
        yield _problem(
            content,
            "completion_rule",
            _("It counts as done when its videos are watched, but there is no video in it."),
        )


def _path(content: Content) -> Iterator[Problem]:
    if not content.text("summary"):
        yield _problem(content, "summary", _("Say in two sentences what the path leads to."))


def _quiz(content: Content) -> Iterator[Problem]:
    questions = [block for block in content.stream("questions") if is_question(block.get("type", ""))]
    if not questions:
        yield _problem(content, "questions", _("The quiz has no question yet."))
    draw = content.fields.get("draw_count")
    if draw and questions and int(draw) > len(questions):
        message = ngettext(
            "Each attempt draws %(draw)d questions, but there is only %(count)d.",
            "Each attempt draws %(draw)d questions, but there are only %(count)d.",
            len(questions),
        )
        yield _problem(content, "draw_count", message % {"draw": int(draw), "count": len(questions)})
    for number, block in enumerate(questions, start=1):
        for problem in _block_problems(block.get("type", ""), block.get("value")):
            place = _("Question %(number)d: %(problem)s") % {"number": number, "problem": problem}
            yield _problem(content, "questions", place)
        for _name, value in _pictures_below(block.get("value")):
            for problem in _picture_problems(value):
                place = _("Question %(number)d: %(problem)s") % {"number": number, "problem": problem}
                yield _problem(content, "questions", place)
    if content.text("show_when") == "attempts_used" and not content.fields.get("attempts_allowed"):
        yield _problem(
            content,
            "show_when",
            _("Attempts are without limit, so learners who don't pass never see their answers."),
            Severity.WARNING,
        )


_RULES = {"course": _course, "lesson": _lesson, "quiz": _quiz, "path": _path}


def _stream_problems(content: Content, field: str) -> Iterator[Problem]:
    pictures = questions = videos = 0
    for name, value in walk(content.stream(field)):
        if name == "image":
            pictures += 1
            for problem in _picture_problems(value):
                yield _problem(
                    content, field, _("Picture %(number)d: %(problem)s") % {"number": pictures, "problem": problem}
                )
        elif name == "video":
            videos += 1
            for problem in _video_problems(value):
                yield _problem(
                    content, field, _("Video %(number)d: %(problem)s") % {"number": videos, "problem": problem}
                )
        elif is_question(name):
            questions += 1
            for problem in _block_problems(name, value):
                yield _problem(
                    content, field, _("Question %(number)d: %(problem)s") % {"number": questions, "problem": problem}
                )


def _block_problems(name: str, value: Any) -> list[str]:
    return list(question_problems(name, value)) if isinstance(value, dict) else []


def _pictures_below(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((name, inner) for name, inner in walk(value.get("prompt") or []) if name == "image")


def _picture_problems(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    if not value.get("image"):
        yield _("choose a picture, or take the block away.")
    elif not value.get("decorative") and not (value.get("alt") or "").strip():
        yield _("describe it for people who can't see it, or mark it as decoration.")


def _video_problems(value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    if not value.get("video"):
        yield _("choose a video, or take the block away.")
    for item in list_values(value.get("questions")):
        if isinstance(item, dict) and not _is_moment(item.get("at")):
            yield _("write when each of its questions comes, for example 1:30.")
            return


def _is_moment(text: Any) -> bool:
    try:
        read_moment(str(text or ""))
    except ValueError:
        return False
    return True
