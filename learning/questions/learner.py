"""What learners see of questions: before they answer nothing of the key, after it what the rules allow."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue
from wagtail.rich_text import expand_db_html

from courses.blocks import QuestionPoolBlock
from learning.grading.keyed import Entry, KeyedQuestion, presented_order, read_question

__all__ = [
    "Choice",
    "LearnerQuestion",
    "RightAnswer",
    "learner_question",
    "learner_questions",
    "rich_html",
    "right_answer_of",
]


@dataclass(frozen=True)
class Choice:
    """Something to pick, order or join, under an id that tells nothing."""

    id: str
    html: SafeString


@dataclass(frozen=True)
class LearnerQuestion:
    """A question without its key. Fields that its type lacks are empty."""

    key: uuid.UUID
    kind: str
    prompt: StreamValue  #: simple blocks, ready to render
    points: int
    options: tuple[Choice, ...] = ()
    lefts: tuple[Choice, ...] = ()
    rights: tuple[Choice, ...] = ()
    items: tuple[Choice, ...] = ()
    segments: tuple[str | int, ...] = ()  #: of fill_blanks: text, and numbers where the gaps are
    unit: str = ""
    allows_many: bool = False  #: whether several options may be picked


@dataclass(frozen=True)
class RightAnswer:
    """The right answer, readable. Shown only where an attempt's rules allow, and by self-checks."""

    texts: tuple[str, ...] = ()  #: HTML: right options, accepted answers, items in their order, a number
    option_ids: tuple[str, ...] = ()  #: ids of right options, or of items in their order
    pairs: tuple[tuple[str, str], ...] = ()  #: HTML: left and right sides, or gap numbers and accepted answers
    is_true: bool | None = None  #: of true/false


def learner_question(source: Any, *, seed: str, shuffle_options: bool = False) -> LearnerQuestion:
    """One question as :func:`learner_questions` makes them."""
    return learner_questions([source], seed=seed, shuffle_options=shuffle_options)[0]


def learner_questions(
    sources: Iterable[Any], *, seed: str, shuffle_options: bool = False
) -> tuple[LearnerQuestion, ...]:
    """Questions as a learner may see them; pictures of all prompts are looked up together.

    Args:
        sources: raw blocks, children of a stream (self-checks in a lesson's body), or frozen ones of an attempt.
        seed: decides orders that are not frozen: the same seed shows the same order.
        shuffle_options: of choice questions; items to order and right sides are always shuffled.

    Raises:
        ValueError: one is no question.
    """
    questions = [read_question(source) for source in sources]
    return tuple(
        _learner_question(question, prompt, presented_order(question, seed=seed, shuffle_options=shuffle_options))
        for question, prompt in zip(questions, _prompts(questions), strict=True)
    )


def right_answer_of(question: KeyedQuestion) -> RightAnswer:
    """The right answer of a question, for whoever may know it."""
    if question.options:
        right = [option for option in question.options if option.is_correct]
        return RightAnswer(
            texts=tuple(rich_html(option.text) for option in right), option_ids=tuple(option.id for option in right)
        )
    if question.items:
        return RightAnswer(
            texts=tuple(escape(item.text) for item in question.items),
            option_ids=tuple(item.id for item in question.items),
        )
    if question.lefts:
        sides = zip(question.lefts, question.rights, strict=False)
        return RightAnswer(pairs=tuple((escape(left.text), escape(right.text)) for left, right in sides))
    if question.blanks:
        accepted = (escape(" / ".join(answers)) for answers in question.blanks)
        return RightAnswer(pairs=tuple((str(number), text) for number, text in enumerate(accepted, start=1)))
    if question.kind == "true_false":
        is_true = question.answer == "true"
        return RightAnswer(texts=(escape(_("True") if is_true else _("False")),), is_true=is_true)
    if question.kind == "numeric":
        return RightAnswer(texts=(escape(_number_text(question)),))
    return RightAnswer(texts=tuple(escape(answer) for answer in question.accepted))


def rich_html(text: str) -> SafeString:
    """Rich text as HTML; editors' and importers' text was cleaned when it was stored."""
    return mark_safe(expand_db_html(text)) if text else SafeString("")


@cache
def _pool() -> QuestionPoolBlock:
    return QuestionPoolBlock()


def _prompts(questions: Sequence[KeyedQuestion]) -> list[StreamValue]:
    """The prompts as streams. Built through one pool, so that Wagtail fetches pictures for all of them at once."""
    stubs = [
        {"type": question.kind, "id": question.key, "value": {"prompt": question.prompt}} for question in questions
    ]
    return [child.value["prompt"] for child in _pool().to_python(stubs)]


def _learner_question(question: KeyedQuestion, prompt: StreamValue, order: tuple[str, ...]) -> LearnerQuestion:
    is_rich = bool(question.options)
    by_id = {entry.id: entry for entry in question.options or question.items or question.rights}
    shown = tuple(_choice(by_id[given], is_rich=is_rich) for given in order if given in by_id)
    return LearnerQuestion(
        key=uuid.UUID(question.key),
        kind=question.kind,
        prompt=prompt,
        points=question.points,
        options=shown if question.options else (),
        items=shown if question.items else (),
        rights=shown if question.rights else (),
        lefts=tuple(_choice(left, is_rich=False) for left in question.lefts),
        segments=question.segments,
        unit=question.unit,
        allows_many=question.kind == "multiple_choice",
    )


def _choice(entry: Entry, *, is_rich: bool) -> Choice:
    return Choice(entry.id, rich_html(entry.text) if is_rich else escape(entry.text))


def _number_text(question: KeyedQuestion) -> str:
    text = _plain(question.answer)
    if question.tolerance:
        text = f"{text} ± {_plain(str(question.tolerance))}"
    return f"{text} {question.unit}".strip()


def _plain(number: str) -> str:
    """A decimal without the zeros at its end that the database stores."""
    return number.rstrip("0").rstrip(".") if "." in number and "E" not in number.upper() else number
