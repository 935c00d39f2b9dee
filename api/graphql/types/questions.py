"""Questions as learners see them. No field of any type here holds a key; reviews add what the rules allow."""

from dataclasses import dataclass
from typing import Any

import graphene
from django.utils.html import strip_tags

from api.graphql.context import Context
from api.graphql.types.blocks import Block, typed_blocks
from learning.queries import SavedAnswer as StoredAnswer
from learning.questions.learner import LearnerQuestion, learner_question


@dataclass(frozen=True)
class QuestionNode:
    """A learner's view of a question, with the review where there is one."""

    question: LearnerQuestion
    review: Any = None  #: learning's ReviewedQuestion, once the attempt's rules allow
    saved: StoredAnswer | None = None  #: the answer saved so far, with its sequence number


class ChoiceType(graphene.ObjectType):
    """Something to pick, order or join."""

    class Meta:
        name = "Choice"

    id = graphene.ID(required=True)
    html = graphene.String(required=True)


class SavedMatch(graphene.ObjectType):
    """A pair as the learner joined it."""

    left_id = graphene.ID(required=True)
    right_id = graphene.ID(required=True)


class SavedBlank(graphene.ObjectType):
    """A gap as the learner filled it."""

    number = graphene.Int(required=True)
    text = graphene.String(required=True)


class SavedAnswer(graphene.ObjectType):
    """What the learner answered; fields of other question types are null."""

    sequence = graphene.Int(required=True, description="Count on from here.")
    option_ids = graphene.List(graphene.NonNull(graphene.ID))
    value = graphene.Boolean()
    number = graphene.String()
    text = graphene.String()
    order = graphene.List(graphene.NonNull(graphene.ID))
    matches = graphene.List(graphene.NonNull(SavedMatch))
    blanks = graphene.List(graphene.NonNull(SavedBlank))

    @staticmethod
    def resolve_matches(answer: dict[str, Any], info: Any) -> list[SavedMatch] | None:
        pairs = answer.get("matches")
        return None if pairs is None else [SavedMatch(left_id=left, right_id=right) for left, right in pairs.items()]

    @staticmethod
    def resolve_blanks(answer: dict[str, Any], info: Any) -> list[SavedBlank] | None:
        blanks = answer.get("blanks")
        return None if blanks is None else [SavedBlank(number=int(n), text=text) for n, text in blanks.items()]


class Question(graphene.Interface):
    """A question. ``isCorrect`` and what follows stay null until the attempt's rules show them."""

    id = graphene.ID(required=True)
    points = graphene.Int(required=True)
    prompt = graphene.List(graphene.NonNull(Block), required=True)
    saved_answer = graphene.Field(SavedAnswer)
    is_correct = graphene.Boolean()
    fraction = graphene.Float(description="Share of the points, 0 to 1.")
    feedback = graphene.List(graphene.NonNull(graphene.String), description="What the author says to this answer.")
    explanation = graphene.String(description="HTML.")
    right_answer = graphene.List(graphene.NonNull(graphene.String), description="Readable, one part a line.")

    @classmethod
    def resolve_type(cls, node: QuestionNode, info: Any) -> type[graphene.ObjectType]:
        return QUESTION_CLASSES[node.question.kind]

    @staticmethod
    def resolve_id(node: QuestionNode, info: Any) -> str:
        return str(node.question.key)

    @staticmethod
    def resolve_points(node: QuestionNode, info: Any) -> int:
        return node.question.points

    @staticmethod
    def resolve_prompt(node: QuestionNode, info: Any) -> list[Any]:
        return typed_blocks(node.question.prompt, info)

    @staticmethod
    def resolve_saved_answer(node: QuestionNode, info: Any) -> dict[str, Any] | None:
        return {**node.saved.value, "sequence": node.saved.sequence} if node.saved else None

    @staticmethod
    def resolve_is_correct(node: QuestionNode, info: Any) -> bool | None:
        return node.review.is_correct if node.review else None

    @staticmethod
    def resolve_fraction(node: QuestionNode, info: Any) -> float | None:
        return float(node.review.fraction) if node.review else None

    @staticmethod
    def resolve_feedback(node: QuestionNode, info: Any) -> list[str] | None:
        return list(node.review.feedback) if node.review else None

    @staticmethod
    def resolve_explanation(node: QuestionNode, info: Any) -> str | None:
        return str(node.review.explanation) if node.review else None

    @staticmethod
    def resolve_right_answer(node: QuestionNode, info: Any) -> list[str] | None:
        return readable_answer(node.review.right_answer) if node.review else None


def readable_answer(right: Any) -> list[str]:
    """A right answer as plain lines."""
    lines = [strip_tags(text) for text in right.texts]
    return lines + [f"{strip_tags(left)} → {strip_tags(text)}" for left, text in right.pairs]


class _Options:
    @staticmethod
    def resolve_options(node: QuestionNode, info: Any) -> tuple[Any, ...]:
        return node.question.options


class SingleChoiceQuestion(_Options, graphene.ObjectType):
    """Pick one: answer ``{optionIds: [id]}``."""

    class Meta:
        interfaces = (Question,)

    options = graphene.List(graphene.NonNull(ChoiceType), required=True)


class MultipleChoiceQuestion(_Options, graphene.ObjectType):
    """Pick all that are right: answer ``{optionIds: [ids]}``."""

    class Meta:
        interfaces = (Question,)

    options = graphene.List(graphene.NonNull(ChoiceType), required=True)


class TrueFalseQuestion(graphene.ObjectType):
    """Judge a statement: answer ``{value: true}``."""

    class Meta:
        interfaces = (Question,)


class NumericQuestion(graphene.ObjectType):
    """Give a number: answer ``{number: "3.14"}``."""

    class Meta:
        interfaces = (Question,)

    unit = graphene.String(required=True)

    @staticmethod
    def resolve_unit(node: QuestionNode, info: Any) -> str:
        return node.question.unit


class ShortTextQuestion(graphene.ObjectType):
    """Type a word or a few: answer ``{text: "…"}``."""

    class Meta:
        interfaces = (Question,)


class OrderingQuestion(graphene.ObjectType):
    """Put in order: answer ``{order: [ids]}``."""

    class Meta:
        interfaces = (Question,)

    items = graphene.List(graphene.NonNull(ChoiceType), required=True)

    @staticmethod
    def resolve_items(node: QuestionNode, info: Any) -> tuple[Any, ...]:
        return node.question.items


class MatchingQuestion(graphene.ObjectType):
    """Join what belongs together: answer ``{matches: [{leftId, rightId}]}``."""

    class Meta:
        interfaces = (Question,)

    lefts = graphene.List(graphene.NonNull(ChoiceType), required=True)
    rights = graphene.List(graphene.NonNull(ChoiceType), required=True)

    @staticmethod
    def resolve_lefts(node: QuestionNode, info: Any) -> tuple[Any, ...]:
        return node.question.lefts

    @staticmethod
    def resolve_rights(node: QuestionNode, info: Any) -> tuple[Any, ...]:
        return node.question.rights


class Segment(graphene.ObjectType):
    """A piece of a text with gaps: text, or the number of a gap."""

    text = graphene.String()
    blank_number = graphene.Int()


class FillBlanksQuestion(graphene.ObjectType):
    """Fill the gaps: answer ``{blanks: [{number, text}]}``."""

    class Meta:
        interfaces = (Question,)

    segments = graphene.List(graphene.NonNull(Segment), required=True)

    @staticmethod
    def resolve_segments(node: QuestionNode, info: Any) -> list[Segment]:
        return [
            Segment(blank_number=segment) if isinstance(segment, int) else Segment(text=segment)
            for segment in node.question.segments
        ]


QUESTION_CLASSES: dict[str, type[graphene.ObjectType]] = {
    "single_choice": SingleChoiceQuestion,
    "multiple_choice": MultipleChoiceQuestion,
    "true_false": TrueFalseQuestion,
    "numeric": NumericQuestion,
    "short_text": ShortTextQuestion,
    "ordering": OrderingQuestion,
    "matching": MatchingQuestion,
    "fill_blanks": FillBlanksQuestion,
}


class MatchInput(graphene.InputObjectType):
    """A pair joined."""

    left_id = graphene.ID(required=True)
    right_id = graphene.ID(required=True)


class BlankInput(graphene.InputObjectType):
    """A gap filled."""

    number = graphene.Int(required=True)
    text = graphene.String(required=True)


class AnswerInput(graphene.InputObjectType):
    """An answer: exactly the field of the question's type."""

    option_ids = graphene.List(graphene.NonNull(graphene.ID))
    value = graphene.Boolean()
    number = graphene.String()
    text = graphene.String()
    order = graphene.List(graphene.NonNull(graphene.ID))
    matches = graphene.List(graphene.NonNull(MatchInput))
    blanks = graphene.List(graphene.NonNull(BlankInput))


def stored_answer(given: dict[str, Any]) -> dict[str, Any]:
    """An ``AnswerInput`` in the form that ``learning`` keeps; whether it fits the question, ``learning`` says."""
    answer: dict[str, Any] = {name: given[name] for name in given if given[name] is not None}
    if "matches" in answer:
        answer["matches"] = {pair["left_id"]: pair["right_id"] for pair in answer["matches"]}
    if "blanks" in answer:
        answer["blanks"] = {str(blank["number"]): blank["text"] for blank in answer["blanks"]}
    return answer


def self_check_question(child: Any, context: Context) -> QuestionNode:
    """A question block in a lesson's body, as a learner sees it."""
    return QuestionNode(learner_question(child, seed=f"self-check:{child.id}", shuffle_options=False))
