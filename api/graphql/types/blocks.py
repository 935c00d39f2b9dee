"""Typed blocks: what a lesson is made of, for a frontend to render. No raw JSON, no keys."""

from collections.abc import Callable, Iterable
from typing import Any

import graphene
from latex2mathml.converter import convert as latex_to_mathml
from wagtail.rich_text import expand_db_html

from api.graphql.context import Context, context_of
from api.graphql.types.common import PictureType, picture
from api.graphql.video_batch import VideoNode, video_nodes
from courses.blocks import QUESTION_TYPES
from courses.blocks.body import CALLOUT_KINDS
from courses.queries.pictures import Picture, pictures_for
from videos.moments import read_moment


class Block(graphene.Interface):
    """One piece of a body."""

    id = graphene.ID(required=True)

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> type[graphene.ObjectType]:
        """Each value is built as its own type."""
        return type(instance)


class RichTextBlock(graphene.ObjectType):
    """Paragraphs, lists, links."""

    class Meta:
        interfaces = (Block,)

    html = graphene.String(
        required=True, description="Clean HTML: p, ul, ol, li, a, b, i, code, blockquote, sub, sup, h3, h4, hr."
    )


class HeadingBlock(graphene.ObjectType):
    """A heading inside the page."""

    class Meta:
        interfaces = (Block,)

    text = graphene.String(required=True)
    level = graphene.Int(required=True, description="2 to 4.")


class CodeBlock(graphene.ObjectType):
    """A listing."""

    class Meta:
        interfaces = (Block,)

    language = graphene.String(required=True)
    code = graphene.String(required=True)
    caption = graphene.String(required=True)


class ImageBlock(graphene.ObjectType):
    """A picture with a caption."""

    class Meta:
        interfaces = (Block,)

    image = graphene.Field(PictureType)
    decorative = graphene.Boolean(required=True)
    caption = graphene.String(required=True, description="HTML of one line.")


class TableBlock(graphene.ObjectType):
    """A table with a heading row."""

    class Meta:
        interfaces = (Block,)

    caption = graphene.String(required=True)
    header = graphene.List(graphene.NonNull(graphene.String), required=True)
    rows = graphene.List(
        graphene.NonNull(graphene.List(graphene.NonNull(graphene.String))),
        required=True,
        description="HTML of each cell.",
    )


class MathBlock(graphene.ObjectType):
    """A formula."""

    class Meta:
        interfaces = (Block,)

    latex = graphene.String(required=True)
    mathml = graphene.String(required=True)
    description = graphene.String(required=True)


class FileBlock(graphene.ObjectType):
    """A file to download."""

    class Meta:
        interfaces = (Block,)

    title = graphene.String(required=True)
    url = graphene.String()
    bytes = graphene.Int(description="Size.")


class EmbedBlock(graphene.ObjectType):
    """Something of another site; show it when the learner asks, they pay for data."""

    class Meta:
        interfaces = (Block,)

    #: Nullable only to agree with other blocks' ``url``: GraphQL merges fields of one name by their type.
    url = graphene.String()
    caption = graphene.String(required=True)


class AudioBlock(graphene.ObjectType):
    """A recording with its text."""

    class Meta:
        interfaces = (Block,)

    title = graphene.String(required=True)
    url = graphene.String()
    bytes = graphene.Int()
    transcript = graphene.String(required=True)


class CalloutKind(graphene.Enum):
    """What a callout is."""

    NOTE = "note"
    TIP = "tip"
    WARNING = "warning"
    OBJECTIVES = "objectives"
    QUESTIONS = "questions"
    KEYPOINTS = "keypoints"
    PREREQUISITES = "prerequisites"
    EXERCISE = "exercise"


class CalloutBlock(graphene.ObjectType):
    """A box that stands out."""

    class Meta:
        interfaces = (Block,)

    kind = graphene.Field(CalloutKind, required=True)
    title = graphene.String(required=True)
    body = graphene.List(graphene.NonNull(Block), required=True)


class SolutionBlock(graphene.ObjectType):
    """Closed at first; the learner opens it."""

    class Meta:
        interfaces = (Block,)

    title = graphene.String(required=True)
    body = graphene.List(graphene.NonNull(Block), required=True)


class GlossaryTermBlock(graphene.ObjectType):
    """A word and what it means."""

    class Meta:
        interfaces = (Block,)

    term = graphene.String(required=True)
    definition = graphene.String(required=True)


class SelfCheckBlock(graphene.ObjectType):
    """A question that counts for nothing; ``checkSelfCheck`` answers."""

    class Meta:
        interfaces = (Block,)

    question = graphene.Field("api.graphql.types.questions.Question", required=True)


class VideoQuestion(graphene.ObjectType):
    """A self-check that stops the video; ``checkSelfCheck`` answers."""

    at_seconds = graphene.Float(required=True)
    question = graphene.Field("api.graphql.types.questions.Question", required=True)


class VideoBlock(graphene.ObjectType):
    """A video; ``grantPlayback`` gives leave to watch it."""

    class Meta:
        interfaces = (Block,)

    video = graphene.Field("api.graphql.types.video.VideoType", required=True)
    caption = graphene.String(required=True)
    stops = graphene.List(graphene.NonNull(VideoQuestion), required=True, description="In lessons alone.")


def typed_blocks(stream: Any, info: Any, *, is_free: bool = False) -> list[graphene.ObjectType]:
    """A StreamField's value as typed blocks; pictures of the whole body in one query, its videos in as few.

    Blocks whose image, video, document or term is gone are left out.

    Args:
        is_free: the body is everyone's, and its videos with it.
    """
    return _Builder(context_of(info), is_free=is_free).build(stream)


def body_videos(stream: Any) -> list[Any]:
    """The videos of a body in its order, each once."""
    found = [child.value["video"] for child in stream if child.block_type == "video"]
    return list(dict.fromkeys(video for video in found if video is not None))


class _Builder:
    def __init__(self, context: Context, *, is_free: bool = False) -> None:
        self.context = context
        self.is_free = is_free
        self.pictures: dict[int, Picture] = {}
        self.videos: dict[int, VideoNode] = {}

    def build(self, stream: Any) -> list[graphene.ObjectType]:
        self.pictures = pictures_for(_images(stream))
        self.videos = video_nodes(body_videos(stream), self.context, is_free=self.is_free)
        return self._blocks(stream)

    def _blocks(self, stream: Any) -> list[graphene.ObjectType]:
        built = (self._block(child) for child in stream)
        return [block for block in built if block is not None]

    def _block(self, child: Any) -> graphene.ObjectType | None:
        if child.block_type in QUESTION_TYPES:
            from api.graphql.types.questions import self_check_question

            return SelfCheckBlock(id=child.id, question=self_check_question(child, self.context))
        builder: Callable[[str, Any], graphene.ObjectType | None] | None = getattr(self, f"_{child.block_type}", None)
        return builder(child.id, child.value) if builder else None

    def _rich_text(self, key: str, value: Any) -> graphene.ObjectType:
        return RichTextBlock(id=key, html=clean_html(value))

    def _heading(self, key: str, value: Any) -> graphene.ObjectType:
        return HeadingBlock(id=key, text=value["text"], level=int(value["level"]))

    def _code(self, key: str, value: Any) -> graphene.ObjectType:
        return CodeBlock(id=key, language=value["language"], code=value["code"], caption=value["caption"] or "")

    def _image(self, key: str, value: Any) -> graphene.ObjectType | None:
        image = value["image"]
        if image is None:
            return None
        alt = "" if value["decorative"] else value["alt"]
        return ImageBlock(
            id=key,
            image=picture(self.pictures.get(image.pk), alt, self.context.url),
            decorative=bool(value["decorative"]),
            caption=clean_html(value["caption"]),
        )

    def _table(self, key: str, value: Any) -> graphene.ObjectType:
        table = value["table"]
        return TableBlock(
            id=key,
            caption=value["caption"] or "",
            header=[column["heading"] for column in table.columns] if table else [],
            rows=[[clean_html(cell.value) for cell in row] for row in table.rows] if table else [],
        )

    def _math(self, key: str, value: Any) -> graphene.ObjectType:
        return MathBlock(
            id=key, latex=value["latex"], mathml=latex_to_mathml(value["latex"]), description=value["description"] or ""
        )

    def _file(self, key: str, value: Any) -> graphene.ObjectType | None:
        document = value["document"]
        if document is None:
            return None
        return FileBlock(
            id=key,
            title=value["title"] or document.title,
            url=self.context.url(document.url),
            bytes=document.get_file_size(),
        )

    def _embed(self, key: str, value: Any) -> graphene.ObjectType:
        return EmbedBlock(id=key, url=value["url"].url, caption=value["caption"])

    def _audio(self, key: str, value: Any) -> graphene.ObjectType | None:
        document = value["document"]
        if document is None:
            return None
        return AudioBlock(
            id=key,
            title=value["title"],
            url=self.context.url(document.url),
            bytes=document.get_file_size(),
            transcript=value["transcript"],
        )

    def _video(self, key: str, value: Any) -> graphene.ObjectType | None:
        if value["video"] is None:
            return None
        stops = [found for stop in value.get("questions") or () for found in self._stop(stop)]
        return VideoBlock(id=key, video=self.videos[value["video"].pk], caption=value["caption"] or "", stops=stops)

    def _stop(self, stop: Any) -> Iterable[VideoQuestion]:
        from api.graphql.types.questions import self_check_question

        try:
            moment = read_moment(stop["at"])
        except ValueError:  # a draft that is being written
            return
        for question in stop["question"]:
            yield VideoQuestion(at_seconds=moment / 1000, question=self_check_question(question, self.context))

    def _callout(self, key: str, value: Any) -> graphene.ObjectType:
        kind = value["kind"] if value["kind"] in dict(CALLOUT_KINDS) else "note"
        return CalloutBlock(id=key, kind=kind, title=value["title"] or "", body=self._blocks(value["body"]))

    def _solution(self, key: str, value: Any) -> graphene.ObjectType:
        return SolutionBlock(id=key, title=value["title"] or "", body=self._blocks(value["body"]))

    def _glossary_term(self, key: str, value: Any) -> graphene.ObjectType | None:
        term = value["term"]
        return GlossaryTermBlock(id=key, term=term.term, definition=term.definition) if term else None


def clean_html(value: Any) -> str:
    """Stored rich text as HTML with real addresses; the editor's whitelist has cleaned it."""
    source = getattr(value, "source", value)
    return expand_db_html(source) if source else ""


def _images(stream: Any) -> Iterable[Any]:
    for child in stream:
        if child.block_type == "image":
            yield child.value["image"]
        elif child.block_type in ("callout", "solution"):
            yield from _images(child.value["body"])
