"""What can be asked."""

import uuid
from typing import Any

import graphene
from django.conf import settings
from django.utils.translation import gettext as _

from api.graphql.connections import connection_of
from api.graphql.context import context_of
from api.graphql.ids import uuid_of
from api.graphql.shop_queries import ShopQueries
from api.graphql.types.course import CourseConnection, CourseNode, CourseType, Level, course_nodes
from api.graphql.types.earnings import EarningsQueries
from api.graphql.types.lesson import LessonType, PageNode, page_node
from api.graphql.types.notes import NoteQueries
from api.graphql.types.notifications import NotificationQueries
from api.graphql.types.path import LearningPathConnection, LearningPathType, PathNode, path_nodes
from api.graphql.types.person import CertificateType, Me
from api.graphql.types.preview import Preview, is_previewable
from api.graphql.types.quiz import AttemptNode, AttemptType, QuizType
from api.graphql.types.watch import WatchQueries
from commerce.queries import certificate_by_number, paid_course_keys
from core.errors import InvalidInput
from courses.keys import parse_page_public_id
from courses.models import LessonPage, QuizPage
from courses.preview import page_from_preview_token
from courses.queries import catalogue, pages
from learning.queries import attempt_for


class CourseFilter(graphene.InputObjectType):
    """Narrows a list of courses; what is left out doesn't narrow."""

    category = graphene.String(description="Slug of a category.")
    level = graphene.Field(Level)
    locale = graphene.String(description="Language code; the answer's language when left out.")
    is_free = graphene.Boolean()
    tag = graphene.String(description="Slug of a tag.")


class CourseOrder(graphene.Enum):
    """How a list of courses is sorted."""

    NEWEST = "newest"
    RELEVANCE = "relevance"
    TITLE = "title"


class Query(NotificationQueries, ShopQueries, EarningsQueries, WatchQueries, NoteQueries, graphene.ObjectType):
    """Reads. Nobody sees more through one field than through another."""

    courses = graphene.Field(
        CourseConnection,
        required=True,
        description="The catalogue.",
        first=graphene.Int(),
        after=graphene.String(),
        search=graphene.String(),
        filter=CourseFilter(),
        order_by=CourseOrder(),
    )
    course = graphene.Field(CourseType, slug=graphene.String(), id=graphene.ID(), locale=graphene.String())
    lesson = graphene.Field(LessonType, id=graphene.ID(required=True), locale=graphene.String())
    quiz = graphene.Field(QuizType, id=graphene.ID(required=True), locale=graphene.String())
    quiz_attempt = graphene.Field(
        AttemptType, id=graphene.ID(required=True), description="An attempt of one's own, to go on with or to review."
    )
    learning_paths = graphene.Field(
        LearningPathConnection, required=True, first=graphene.Int(), after=graphene.String(), locale=graphene.String()
    )
    learning_path = graphene.Field(LearningPathType, slug=graphene.String(required=True), locale=graphene.String())
    me = graphene.Field(Me, description="Null for a visitor who is not logged in.")
    certificate = graphene.Field(
        CertificateType, number=graphene.String(required=True), description="Anyone may verify a certificate."
    )

    preview = graphene.Field(
        Preview,
        token=graphene.String(required=True),
        description="A draft by the token that the editor's preview panel hands to a frontend; null once it expired.",
    )

    @staticmethod
    def resolve_courses(
        root: Any,
        info: Any,
        first: int | None = None,
        after: str | None = None,
        search: str | None = None,
        filter: dict[str, Any] | None = None,
        order_by: Any = None,
    ) -> dict[str, Any]:
        chosen = filter or {}
        level = chosen.get("level")
        found = catalogue.find_courses(
            catalogue.CatalogueQuery(
                language=_language(chosen.get("locale"), info) or context_of(info).language,
                search=search or "",
                category=chosen.get("category") or "",
                level=getattr(level, "value", level) or "",
                tag=chosen.get("tag") or "",
                is_free=chosen.get("is_free"),
                order=getattr(order_by, "value", order_by) or ("relevance" if search else "newest"),
            ),
            paid_keys=paid_course_keys(),
        )
        return connection_of(found, first=first, after=after, nodes=lambda rows: course_nodes(rows, info))

    @staticmethod
    def resolve_course(
        root: Any, info: Any, slug: str | None = None, id: str | None = None, locale: str | None = None
    ) -> CourseNode | None:
        if (slug is None) == (id is None):
            raise InvalidInput("invalid_input", _("Give either slug or id."), "slug")
        if slug is not None:
            page = pages.course_by_slug(slug, _language(locale, info) or context_of(info).language)
        else:
            page = pages.course_by_key(*_page_id(str(id), locale, info))
        return course_nodes([page], info)[0] if page else None

    @staticmethod
    def resolve_lesson(root: Any, info: Any, id: str, locale: str | None = None) -> PageNode | None:
        page = pages.item_by_key(*_page_id(id, locale, info))
        return page_node(page, info) if isinstance(page, LessonPage) else None

    @staticmethod
    def resolve_quiz(root: Any, info: Any, id: str, locale: str | None = None) -> PageNode | None:
        page = pages.item_by_key(*_page_id(id, locale, info))
        return page_node(page, info) if isinstance(page, QuizPage) else None

    @staticmethod
    def resolve_quiz_attempt(root: Any, info: Any, id: str) -> Any:
        attempt = attempt_for(context_of(info).person, uuid_of(id, "id"))
        return AttemptNode(attempt) if attempt else None

    @staticmethod
    def resolve_learning_paths(
        root: Any, info: Any, first: int | None = None, after: str | None = None, locale: str | None = None
    ) -> dict[str, Any]:
        found = pages.public_paths(_language(locale, info) or context_of(info).language)
        return connection_of(found, first=first, after=after, nodes=lambda rows: path_nodes(rows, info))

    @staticmethod
    def resolve_learning_path(root: Any, info: Any, slug: str, locale: str | None = None) -> PathNode | None:
        page = pages.path_by_slug(slug, _language(locale, info) or context_of(info).language)
        return path_nodes([page], info)[0] if page else None

    @staticmethod
    def resolve_me(root: Any, info: Any) -> Any:
        user = context_of(info).user
        return user if user.is_authenticated else None

    @staticmethod
    def resolve_certificate(root: Any, info: Any, number: str) -> Any:
        return certificate_by_number(number)

    @staticmethod
    def resolve_preview(root: Any, info: Any, token: str) -> Any:
        page = page_from_preview_token(token)
        return page if is_previewable(page) else None


def _page_id(text: str, locale: str | None, info: Any) -> tuple[uuid.UUID, str]:
    try:
        key, language = parse_page_public_id(text)
    except ValueError as error:
        raise InvalidInput("invalid_id", _("This is not an id of ours."), "id") from error
    return key, _language(locale, info) or language or context_of(info).language


def _language(locale: str | None, info: Any) -> str | None:
    if locale is not None and locale not in dict(settings.LANGUAGES):
        known = ", ".join(dict(settings.LANGUAGES))
        raise InvalidInput("unknown_locale", _("This school speaks: %(languages)s.") % {"languages": known}, "locale")
    return locale
