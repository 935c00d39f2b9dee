"""What pages in several languages share."""

from typing import Any, Protocol

import graphene

from api.graphql.context import context_of
from courses.addresses import path_of
from courses.keys import public_id_of
from translation.queries import AvailableLocale


class InLanguages(Protocol):
    """A node that knows the languages of its page: those that the person who asks can see."""

    page: Any

    @property
    def languages(self) -> list[AvailableLocale]:
        """All of them, its own too."""


class AvailableLocaleType(graphene.ObjectType):
    """A language that a page can be read in."""

    class Meta:
        name = "AvailableLocale"

    locale = graphene.String(required=True)
    url = graphene.String(description="Address of the page in that language, on the school's website.")
    is_original = graphene.Boolean(required=True, description="Whether it was written in this language.")
    is_stale = graphene.Boolean(required=True, description="Whether the original has changed since.")
    stale_since = graphene.DateTime()
    translated_percent = graphene.Int(
        required=True, description="How much of what learners read is translated, 0 to 100; the rest is the original's."
    )

    @staticmethod
    def resolve_locale(found: AvailableLocale, info: Any) -> str:
        return found.language

    @staticmethod
    def resolve_url(found: AvailableLocale, info: Any) -> str | None:
        return context_of(info).url(path_of(found.url_path, found.language))

    @staticmethod
    def resolve_is_original(found: AvailableLocale, info: Any) -> bool:
        return found.is_source

    @staticmethod
    def resolve_translated_percent(found: AvailableLocale, info: Any) -> int:
        return found.percent


class TranslationSummary(graphene.ObjectType):
    """A page in another language; ask for it by its id for the rest."""

    id = graphene.ID(required=True, description="Names the page in that language.")
    locale = graphene.String(required=True)
    title = graphene.String(required=True)
    slug = graphene.String(required=True)
    url = graphene.String()


class Translatable(graphene.Interface):
    """A page that may exist in several languages. What a learner does in one counts in all of them."""

    locale = graphene.String(required=True, description="The language of this answer's title and text.")
    available_locales = graphene.List(graphene.NonNull(AvailableLocaleType), required=True)
    translations = graphene.List(
        graphene.NonNull(TranslationSummary), required=True, description="The same page in the other languages."
    )

    @staticmethod
    def resolve_locale(node: InLanguages, info: Any) -> str:
        return node.page.locale.language_code

    @staticmethod
    def resolve_available_locales(node: InLanguages, info: Any) -> list[AvailableLocale]:
        return node.languages

    @staticmethod
    def resolve_translations(node: InLanguages, info: Any) -> list[TranslationSummary]:
        key, own = node.page.translation_key, node.page.locale.language_code
        return [
            TranslationSummary(
                id=public_id_of(key, found.language),
                locale=found.language,
                title=found.title,
                slug=found.url_path.rstrip("/").rpartition("/")[2],
                url=context_of(info).url(path_of(found.url_path, found.language)),
            )
            for found in node.languages
            if found.language != own
        ]
