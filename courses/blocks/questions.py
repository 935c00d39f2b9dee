"""Question types. Their keys (right options, answers, orders) live here and in ``learning``'s grading only.

A question block never renders itself: a template that includes it by mistake shows nothing rather than the key.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from courses.blocks.simple import INLINE_FEATURES, AudioBlock, SimpleBodyBlock
from courses.blocks.translation import AcceptedAnswersBlock

#: A gap in the text of a fill-in question: ``[[1]]``.
GAP = re.compile(r"\[\[(\d{1,2})\]\]")
MAX_OPTIONS = 12


def accepted_answers(text: str) -> list[str]:
    """The accepted answers typed one a line, without blanks and empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class QuestionBlock(blocks.StructBlock):
    """What every question has: a prompt, points, an explanation."""

    prompt = SimpleBodyBlock([("audio", AudioBlock())], label=_lazy("Question"), max_num=8)
    points = blocks.IntegerBlock(default=1, min_value=1, max_value=100, label=_lazy("Points"))
    explanation = blocks.RichTextBlock(
        required=False,
        features=[*INLINE_FEATURES, "ol", "ul"],
        label=_lazy("Explanation"),
        help_text=_lazy("Shown with the right answer, never before."),
        search_index=False,
    )

    class Meta:
        icon = "help"
        form_classname = "struct-block question-block"
        preview_template = "courses/samples/question.html"

    def render(self, value: Any, context: Any = None) -> str:
        """Nothing: only ``learning.questions`` knows what of a question a learner may see."""
        return ""

    def render_basic(self, value: Any, context: Any = None) -> str:
        """Nothing, for the same reason."""
        return ""

    def get_searchable_content(self, value: Any) -> list[str]:
        """Nothing: a search must not tell options from each other."""
        return []

    def fail(self, field: str, message: str) -> None:
        """Stop with a message beside ``field``."""
        raise StructBlockValidationError(block_errors={field: ValidationError(message)})


def _feedback(label: Any) -> blocks.TextBlock:
    return blocks.TextBlock(required=False, rows=2, max_length=1000, label=label, search_index=False)


class OptionBlock(blocks.StructBlock):
    """One option of a choice question."""

    text = blocks.RichTextBlock(features=INLINE_FEATURES, label=_lazy("Option"), search_index=False)
    correct = blocks.BooleanBlock(required=False, label=_lazy("Right"))
    feedback = _feedback(_lazy("Said to those who pick it"))

    class Meta:
        icon = "list-ul"
        label = _lazy("Option")


class ChoiceQuestionBlock(QuestionBlock):
    """Common to single and multiple choice."""

    options = blocks.ListBlock(OptionBlock(), min_num=2, max_num=MAX_OPTIONS, label=_lazy("Options"))

    def right_options(self, value: Any) -> int:
        """How many options are marked right."""
        return sum(1 for option in value["options"] if option["correct"])


class SingleChoiceBlock(ChoiceQuestionBlock):
    """Exactly one option is right."""

    class Meta:
        icon = "radio-full"
        label = _lazy("Single choice")
        description = _lazy("One right option among several.")

    def clean(self, value: Any) -> Any:
        """Exactly one option must be right."""
        value = super().clean(value)
        if self.right_options(value) != 1:
            self.fail("options", _("Mark exactly one option as right."))
        return value


class MultipleChoiceBlock(ChoiceQuestionBlock):
    """One or more options are right; partial credit if wanted."""

    partial_credit = blocks.BooleanBlock(
        required=False,
        default=True,
        label=_lazy("Partial credit"),
        help_text=_lazy("Each right pick adds a share, each wrong pick takes one away, never below zero."),
    )

    class Meta:
        icon = "check"
        label = _lazy("Multiple choice")
        description = _lazy("Several options may be right.")

    def clean(self, value: Any) -> Any:
        """At least one option must be right."""
        value = super().clean(value)
        if self.right_options(value) < 1:
            self.fail("options", _("Mark at least one option as right."))
        return value


class TrueFalseBlock(QuestionBlock):
    """A statement that holds or doesn't."""

    answer = blocks.ChoiceBlock(
        choices=[("true", _lazy("True")), ("false", _lazy("False"))], label=_lazy("The statement is")
    )
    feedback_true = _feedback(_lazy("Said to those who pick “true”"))
    feedback_false = _feedback(_lazy("Said to those who pick “false”"))

    class Meta:
        icon = "tick-inverse"
        label = _lazy("True or false")
        description = _lazy("A statement to judge.")


class NumericBlock(QuestionBlock):
    """A number, right within a tolerance."""

    answer = blocks.DecimalBlock(max_digits=24, decimal_places=9, label=_lazy("Right number"))
    tolerance = blocks.DecimalBlock(
        default=0,
        min_value=0,
        max_digits=24,
        decimal_places=9,
        label=_lazy("Tolerance"),
        help_text=_lazy("0.5 accepts half a unit more or less."),
    )
    unit = blocks.CharBlock(
        required=False, max_length=20, label=_lazy("Unit"), help_text=_lazy("Shown beside the field, e.g. km.")
    )
    feedback_correct = _feedback(_lazy("Said when right"))
    feedback_incorrect = _feedback(_lazy("Said when wrong"))

    class Meta:
        icon = "order"
        label = _lazy("Number")
        description = _lazy("A number, with a tolerance.")


class ShortTextBlock(QuestionBlock):
    """A word or a few; case, accents and spaces are forgiven."""

    accepted = AcceptedAnswersBlock(
        rows=3,
        max_length=2000,
        label=_lazy("Accepted answers"),
        help_text=_lazy("One a line. Case, accents and extra spaces don't matter."),
        search_index=False,
    )
    feedback_correct = _feedback(_lazy("Said when right"))
    feedback_incorrect = _feedback(_lazy("Said when wrong"))

    class Meta:
        icon = "pilcrow"
        label = _lazy("Short text")
        description = _lazy("A word or a few, typed.")

    def clean(self, value: Any) -> Any:
        """At least one answer must be accepted."""
        value = super().clean(value)
        if not accepted_answers(value["accepted"]):
            self.fail("accepted", _("Give at least one accepted answer."))
        return value


class OrderingBlock(QuestionBlock):
    """Things to put in order; written here in the right one."""

    items = blocks.ListBlock(
        blocks.CharBlock(max_length=300, label=_lazy("Item"), search_index=False),
        min_num=2,
        max_num=MAX_OPTIONS,
        label=_lazy("Items in the right order"),
        help_text=_lazy("Learners see them shuffled."),
    )

    class Meta:
        icon = "list-ol"
        label = _lazy("Put in order")
        description = _lazy("Steps or things to arrange.")

    def clean(self, value: Any) -> Any:
        """Equal items can't be told apart."""
        value = super().clean(value)
        if len({item.strip() for item in value["items"]}) != len(value["items"]):
            self.fail("items", _("Two items are the same; learners could not tell them apart."))
        return value


class PairBlock(blocks.StructBlock):
    """Two things that belong together."""

    left = blocks.CharBlock(max_length=300, label=_lazy("Left"), search_index=False)
    right = blocks.CharBlock(max_length=300, label=_lazy("Right"), search_index=False)

    class Meta:
        icon = "link"
        label = _lazy("Pair")


class MatchingBlock(QuestionBlock):
    """Things on the left to join with things on the right."""

    pairs = blocks.ListBlock(PairBlock(), min_num=2, max_num=MAX_OPTIONS, label=_lazy("Pairs"))
    distractors = blocks.TextBlock(
        required=False,
        rows=3,
        max_length=1000,
        label=_lazy("Extra choices on the right"),
        help_text=_lazy("One a line; they belong to nothing."),
        search_index=False,
    )

    class Meta:
        icon = "link"
        label = _lazy("Match pairs")
        description = _lazy("Join what belongs together.")

    def clean(self, value: Any) -> Any:
        """Every choice on either side must be unlike the others."""
        value = super().clean(value)
        lefts = [pair["left"].strip() for pair in value["pairs"]]
        rights = [pair["right"].strip() for pair in value["pairs"]]
        choices = [*rights, *accepted_answers(value["distractors"])]
        if len(set(lefts)) != len(lefts) or len(set(choices)) != len(choices):
            self.fail("pairs", _("Two choices on one side are the same; learners could not tell them apart."))
        return value


class BlankBlock(blocks.StructBlock):
    """What may stand in one gap."""

    accepted = AcceptedAnswersBlock(
        rows=2,
        max_length=1000,
        label=_lazy("Accepted answers"),
        help_text=_lazy("One a line. Case, accents and extra spaces don't matter."),
        search_index=False,
    )

    class Meta:
        icon = "edit"
        label = _lazy("Gap")


class FillBlanksBlock(QuestionBlock):
    """A text with gaps."""

    text = blocks.TextBlock(
        rows=4,
        max_length=3000,
        label=_lazy("Text with gaps"),
        help_text=_lazy("Write [[1]], [[2]] … where the gaps are. Line breaks and indentation are kept."),
        search_index=False,
    )
    blanks = blocks.ListBlock(BlankBlock(), min_num=1, max_num=MAX_OPTIONS, label=_lazy("Gaps, in order"))
    feedback_correct = _feedback(_lazy("Said when right"))
    feedback_incorrect = _feedback(_lazy("Said when wrong"))

    class Meta:
        icon = "edit"
        label = _lazy("Fill in the blanks")
        description = _lazy("A sentence or code with gaps.")

    def clean(self, value: Any) -> Any:
        """Gaps in the text and answers must agree in number, and no answer list may be empty."""
        value = super().clean(value)
        gaps = [int(number) for number in GAP.findall(value["text"])]
        if sorted(gaps) != list(range(1, len(value["blanks"]) + 1)):
            self.fail(
                "text",
                _("Use each of [[1]] to [[%(count)d]] exactly once, one for each gap below.")
                % {"count": len(value["blanks"])},
            )
        for index, blank in enumerate(value["blanks"]):
            if not accepted_answers(blank["accepted"]):
                raise StructBlockValidationError(
                    block_errors={
                        "blanks": ListBlockValidationError(
                            block_errors={index: ValidationError(_("Give at least one accepted answer."))}
                        )
                    }
                )
        return value


QUESTION_TYPES: dict[str, type[QuestionBlock]] = {
    "single_choice": SingleChoiceBlock,
    "multiple_choice": MultipleChoiceBlock,
    "true_false": TrueFalseBlock,
    "numeric": NumericBlock,
    "short_text": ShortTextBlock,
    "ordering": OrderingBlock,
    "matching": MatchingBlock,
    "fill_blanks": FillBlanksBlock,
}


def question_blocks(**meta: Any) -> list[tuple[str, blocks.Block]]:
    """Fresh instances of every question type, by name."""
    return [(name, block_class(**meta)) for name, block_class in QUESTION_TYPES.items()]


class QuestionPoolBlock(blocks.StreamBlock):
    """The questions of a quiz."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__([*question_blocks(), *(local_blocks or [])], **kwargs)
