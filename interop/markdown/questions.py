"""Questions: written as YAML, or recognised in an exercise whose solution names the right option."""

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from markdown_it.tree import SyntaxTreeNode

from courses.blocks.questions import QUESTION_TYPES
from interop.errors import CourseRefused
from interop.folder.yaml_source import YamlMapping, load_yaml
from interop.markdown import boxes, tokens
from interop.markdown.blocks import SIMPLE, Block
from interop.markdown.divs import Div, Node, RawDiv, Text
from interop.markdown.inline import plain, tidy

if TYPE_CHECKING:
    from interop.markdown.reader import Reader

MAX_OPTIONS = 12
MAX_FEEDBACK = 1_000

_IS_RIGHT = r"(?:is|would be|was)\s+(?:the\s+|a\s+)?(?:correct|right|good|best|true)\b"
#: Sentences in which authors name the right option; each has its number or letter as ``right``.
_NAMINGS = [
    re.compile(
        r"\b(?:correct |right )?(?:answer|option|solution)\s+(?:is|:)\s*[(#]?(?P<right>\d{1,2}|[A-L])\b[).]?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:answer|option|number|choice)\s+\(?(?P<right>\d{{1,2}}|[A-L])\)?\s+{_IS_RIGHT}", re.IGNORECASE),
    re.compile(rf"^\(?(?P<right>\d{{1,2}}|[A-L])\)?[.:]?\s+{_IS_RIGHT}", re.IGNORECASE),
]
_ITEM_IS_RIGHT = re.compile(
    r"^(?:(?:this|it)\s+)?(?:is\s+)?(?:the\s+)?(?:correct|right|yes|true)\b(?!\s+(?:if|but))", re.IGNORECASE
)
_LETTER = re.compile(r"^\(?(?P<letter>[A-La-l])[).]\s+")
_TASK = re.compile(r"^\[([ xX])\]\s+")


# Written as YAML -----------------------------------------------------------------------------------------------


def read_inline_question(reader: "Reader", node: RawDiv) -> Block | None:
    """The question in a ``self-check`` div; a broken one is reported and left out, for its text holds the answer."""
    try:
        data = load_yaml("\n".join(node.lines), path=reader.report.path, first_line=node.line)
    except CourseRefused as refusal:
        reader.report.lost(refusal.line, f"A question was left out: {refusal.message}", "Correct the YAML.")
        return None
    return question_block(reader, data, node.line)


def question_block(reader: "Reader", data: Any, line: int) -> Block | None:
    """The block of a question given as a mapping; None, reported, when it lacks something."""
    if not isinstance(data, YamlMapping):
        reader.report.lost(line, "A question must be lines of “name: value”.", "See the course format.")
        return None
    kind = str(data.get("type", ""))
    if kind not in QUESTION_TYPES:
        names = ", ".join(QUESTION_TYPES)
        reader.report.lost(data.line, f"There is no question type “{kind}”.", f"Types are {names}.")
        return None
    try:
        value = _QuestionValue(reader, data).of(kind)
    except (ValueError, TypeError, KeyError, InvalidOperation) as problem:
        reader.report.lost(data.line, f"A question was left out: {_words(problem)}.", "Correct the question.")
        return None
    return Block(kind, value, data.line, key=str(data.get("id", "")))


def _words(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"“{problem.args[0]}” is missing"
    if isinstance(problem, InvalidOperation):
        return "a number can't be read"
    return str(problem)


class _QuestionValue:
    """Reads the fields of one question."""

    def __init__(self, reader: "Reader", data: YamlMapping) -> None:
        self.reader = reader
        self.data = data

    def of(self, kind: str) -> dict[str, Any]:
        value: dict[str, Any] = {
            "prompt": self._prompt(),
            "points": int(self.data.get("points", 1)),
            "explanation": self._rich("explanation"),
        }
        return {**value, **getattr(self, f"_{kind}")()}

    def _prompt(self) -> list[Block]:
        from interop.markdown.divs import split_divs

        nodes = split_divs(_text(self.data["prompt"]), first_line=self.data.line, report=self.reader.report)
        blocks = [block for block in self.reader.blocks(nodes, simple=True) if block.type in SIMPLE]
        if not blocks:
            raise ValueError("its prompt is empty")
        return blocks

    def _inline(self, markdown: Any) -> str:
        html = tokens.inline_html(self.reader, self.reader.tree(_text(markdown).split("\n")), self.data.line)
        self.reader.writer.images.clear()
        return tidy(f"<p>{html}</p>") if html else ""

    def _rich(self, name: str) -> str:
        markdown = _text(self.data.get(name, ""))
        return rich_explanation(self.reader, self.reader.tree(markdown.split("\n")), self.data.line) if markdown else ""

    def _plain(self, markdown: Any) -> str:
        return plain(self._inline(markdown))

    def _feedback(self, *names: str) -> dict[str, str]:
        return {name: self._plain(self.data.get(name, ""))[:MAX_FEEDBACK] for name in names}

    def _list(self, name: str, data: Any = None) -> list[Any]:
        value = (self.data if data is None else data)[name]
        if not isinstance(value, list):
            raise ValueError(f"“{name}” must be a list")
        return value

    def _options(self) -> dict[str, Any]:
        options = []
        for option in self._list("options"):
            option = option if isinstance(option, dict) else {"text": option}
            options.append(
                {
                    "text": self._inline(option["text"]),
                    "correct": bool(option.get("correct", False)),
                    "feedback": self._plain(option.get("feedback", ""))[:MAX_FEEDBACK],
                }
            )
        return {"options": options}

    def _single_choice(self) -> dict[str, Any]:
        return self._options()

    def _multiple_choice(self) -> dict[str, Any]:
        return {**self._options(), "partial_credit": bool(self.data.get("partial_credit", True))}

    def _true_false(self) -> dict[str, Any]:
        answer = str(self.data["answer"]).lower()
        if answer not in ("true", "false"):
            raise ValueError("“answer” must be true or false")
        return {"answer": answer, **self._feedback("feedback_true", "feedback_false")}

    def _numeric(self) -> dict[str, Any]:
        return {
            "answer": str(Decimal(str(self.data["answer"]))),
            "tolerance": str(Decimal(str(self.data.get("tolerance", 0)))),
            "unit": _text(self.data.get("unit", "")),
            **self._feedback("feedback_correct", "feedback_incorrect"),
        }

    def _short_text(self) -> dict[str, Any]:
        accepted = "\n".join(_text(answer) for answer in self._list("accepted"))
        return {"accepted": accepted, **self._feedback("feedback_correct", "feedback_incorrect")}

    def _ordering(self) -> dict[str, Any]:
        return {"items": [self._plain(item) for item in self._list("items")]}

    def _matching(self) -> dict[str, Any]:
        pairs = [{side: self._plain(pair[side]) for side in ("left", "right")} for pair in self._list("pairs")]
        extra = self._list("distractors") if self.data.get("distractors") else []
        return {"pairs": pairs, "distractors": "\n".join(self._plain(item) for item in extra)}

    def _fill_blanks(self) -> dict[str, Any]:
        blanks = []
        for blank in self._list("blanks"):
            accepted = self._list("accepted", blank) if isinstance(blank, dict) else blank
            blanks.append({"accepted": "\n".join(_text(answer) for answer in accepted)})
        text = str(self.data["text"]).strip("\n")
        return {"text": text, "blanks": blanks, **self._feedback("feedback_correct", "feedback_incorrect")}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise ValueError("text is expected where a list stands")
    return "" if value is None else str(value).strip()


def rich_explanation(reader: "Reader", tree: list[SyntaxTreeNode], line: int) -> str:
    """Rich text with paragraphs and lists; code in it is written in lines, pictures are left out."""
    pieces: list[str] = []
    for node in tree:
        if node.type in ("bullet_list", "ordered_list"):
            tag = "ul" if node.type == "bullet_list" else "ol"
            items = (f"<li>{tokens.inline_html(reader, item.children, line)}</li>" for item in node.children)
            pieces.append(f"<{tag}>{''.join(items)}</{tag}>")
        elif html := tokens.inline_html(reader, [node], line):
            pieces.append(f"<p>{html}</p>")
    reader.writer.images.clear()
    return tidy("".join(pieces))


# Recognised in an exercise -------------------------------------------------------------------------------------


def recognise_challenge(reader: "Reader", div: Div) -> list[Block] | None:
    """A self-check question for an exercise with a list of options whose right one is named; None for any other.

    The list must end the exercise, and either its items are ticked (``- [x]``) or one solution follows that names
    one number or letter. In doubt it stays an exercise: a question with a wrong key is worse than none.
    """
    title, children = reader.title_and_rest(div)
    nodes = [child for child in children if not (isinstance(child, Text) and not "".join(child.lines).strip())]
    if not nodes or not isinstance(nodes[0], Text) or len(nodes) > 2:
        return None
    solution = nodes[1] if len(nodes) == 2 else None
    if solution is not None and not (isinstance(solution, Div) and set(solution.names) & {"solution", "answer"}):
        return None
    tree = reader.tree(nodes[0].lines)
    if len(tree) < 2 or tree[-1].type not in ("ordered_list", "bullet_list"):
        return None
    options = list(tree[-1].children)
    if not 2 <= len(options) <= MAX_OPTIONS or any(_has_picture(node) for node in tree):
        return None
    right = _ticked(options)
    explained = _explanation(reader, solution) if isinstance(solution, Div) else None
    if isinstance(solution, Div) and explained is None:
        return None
    if right is None and explained is not None:
        right = _named(reader, tree[-1], explained)
    if not right:
        return None
    return _question(reader, div, title, nodes[0], tree, options, right, explained)


def _question(
    reader: "Reader",
    div: Div,
    title: str,
    text: Text,
    tree: list[SyntaxTreeNode],
    options: list[SyntaxTreeNode],
    right: set[int],
    explained: list[SyntaxTreeNode] | None,
) -> list[Block] | None:
    prompt = tokens.TokenReader(reader, text.line, simple=True).read(tree[:-1])
    prompt = [block for block in prompt if block.type in SIMPLE]
    texts = [_option_html(reader, option, div.line) for option in options]
    if not prompt or not all(texts):
        return None
    feedback = _feedback_of(reader, explained, len(options), div.line)
    rows = [
        {"text": html, "correct": number in right, "feedback": feedback[number]} for number, html in enumerate(texts)
    ]
    kind = "single_choice" if len(right) == 1 else "multiple_choice"
    value: dict[str, Any] = {
        "prompt": prompt,
        "points": 1,
        "explanation": rich_explanation(reader, explained, div.line) if explained else "",
        "options": rows,
    }
    if kind == "multiple_choice":
        value["partial_credit"] = True
    reader.report.note(div.line, "An exercise with options became a self-check question.", "See that its key is right.")
    blocks = [Block(kind, value, div.line)]
    if title and not boxes.is_generic("exercise", title):
        blocks.insert(0, Block("heading", {"text": title, "level": "3"}, div.line))
    return blocks


def _has_picture(node: SyntaxTreeNode) -> bool:
    return any(inner.type in ("image", "table", "html_block") for inner in node.walk())


def _option_html(reader: "Reader", option: SyntaxTreeNode, line: int) -> str:
    html = tokens.inline_html(reader, option.children, line)
    html = _TASK.sub("", _LETTER.sub("", html))
    return tidy(f"<p>{html}</p>") if html else ""


def _words_of(node: SyntaxTreeNode) -> str:
    return " ".join(
        inner.content.strip() for inner in node.walk() if inner.type in ("text", "code_inline", "fence", "code_block")
    ).strip()


def _ticked(options: list[SyntaxTreeNode]) -> set[int] | None:
    marks = [_TASK.match(_words_of(option)) for option in options]
    if not all(marks):
        return None
    return {number for number, mark in enumerate(marks) if mark and mark[1] in "xX"}


def _explanation(reader: "Reader", solution: Div) -> list[SyntaxTreeNode] | None:
    _title, children = reader.title_and_rest(solution)
    texts: list[Node] = [node for node in children if not isinstance(node, Text) or "".join(node.lines).strip()]
    if len(texts) != 1 or not isinstance(texts[0], Text):
        return None
    tree = reader.tree(texts[0].lines)
    return None if any(_has_picture(node) for node in tree) else tree


def _named(reader: "Reader", options: SyntaxTreeNode, explained: list[SyntaxTreeNode]) -> set[int] | None:
    """The one option that a solution calls right, counted from 0."""
    count = len(options.children)
    start = int(options.attrs.get("start", 1) or 1)
    lettered = all(_LETTER.match(_words_of(option)) for option in options.children)
    numbered = options.type == "ordered_list"
    found: set[int] = set()
    for node in explained:
        if node.type == "ordered_list" and len(node.children) == count:
            found |= {n for n, item in enumerate(node.children) if _ITEM_IS_RIGHT.match(_words_of(item))}
            continue
        for sentence in re.split(r"[;\n]|(?<=[.!?])\s", _words_of(node)):
            for pattern in _NAMINGS:
                for match in pattern.finditer(sentence.strip()):
                    found |= _index(match["right"], start, count, numbered=numbered, lettered=lettered)
    return found if len(found) == 1 else None


def _index(name: str, start: int, count: int, *, numbered: bool, lettered: bool) -> set[int]:
    if name.isdigit():
        index = int(name) - start if numbered else -1
    else:
        index = ord(name.upper()) - ord("A") if lettered else -1
    return {index} if 0 <= index < count else set()


def _feedback_of(reader: "Reader", explained: list[SyntaxTreeNode] | None, count: int, line: int) -> list[str]:
    """What is said on each option, where the solution is a list with an item for each."""
    for node in explained or []:
        if node.type == "ordered_list" and len(node.children) == count:
            return [plain(tokens.inline_html(reader, item.children, line))[:MAX_FEEDBACK] for item in node.children]
    return [""] * count
