"""Whether a course's tree makes sense: nothing empty, no rule that can't be met. Drafts count as being there."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.checks.problem import Problem


@dataclass(frozen=True)
class Node:
    """A page of a course as the rules see it."""

    kind: str
    pk: int | None
    title: str
    completion_rule: str = ""
    children: tuple["Node", ...] = ()


def structure_problems(node: Node, *, deep: bool = True) -> Iterator[Problem]:
    """Say what is missing in the tree at ``node``.

    Args:
        deep: also below it; otherwise only what ``node`` itself answers for.
    """
    if node.kind == "course":
        if not any(item.kind == "lesson" for module in node.children for item in module.children):
            yield Problem(node.pk, node.title, "", _("The course has no lesson yet."))
    elif node.kind == "module":
        if not node.children:
            yield Problem(node.pk, node.title, "", _("The module is empty. Add a lesson or a quiz, or delete it."))
        if deep:
            yield from _unreachable_quizzes(node)
    if deep:
        for child in node.children:
            yield from structure_problems(child)


def _unreachable_quizzes(module: Node) -> Iterator[Problem]:
    for index, item in enumerate(module.children):
        if item.kind == "lesson":
            yield from rule_problems(item, has_later_quiz=any(it.kind == "quiz" for it in module.children[index + 1 :]))


def rule_problems(lesson: Node, *, has_later_quiz: bool) -> Iterator[Problem]:
    """Say whether the lesson could never be finished."""
    if lesson.completion_rule == "quiz" and not has_later_quiz:
        yield Problem(
            lesson.pk,
            lesson.title,
            "completion_rule",
            _("It counts as done when the next quiz of its module is passed, but no quiz follows it."),
        )
