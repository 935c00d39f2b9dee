"""Machine translation through wagtail-localize's providers, and a provider that needs no service."""

from typing import Any

from bs4 import BeautifulSoup, NavigableString
from django.utils.translation import gettext_lazy as _lazy
from wagtail.models import Locale
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.strings import StringValue

__all__ = ["LocalTranslator", "translator_for"]


def translator_for(source: Locale, target: Locale) -> BaseMachineTranslator | None:
    """The configured provider, if it knows the pair of languages."""
    translator = get_machine_translator()
    return translator if translator is not None and translator.can_translate(source, target) else None


class LocalTranslator(BaseMachineTranslator):
    """Says each text again with the language's code before it: for tests and for trying the screens.

    Tags, links and gaps stay where they are, so what it makes can be published.
    """

    display_name = _lazy("Stand-in without a dictionary")

    def translate(self, source_locale: Locale, target_locale: Locale, strings: Any) -> dict[StringValue, StringValue]:
        """Answer for each string, as wagtail-localize asks."""
        return {string: StringValue(_say(string.data, target_locale.language_code)) for string in strings}

    def can_translate(self, source_locale: Locale, target_locale: Locale) -> bool:
        """Any two languages."""
        return bool(source_locale.language_code != target_locale.language_code)


def _say(html: str, code: str) -> str:
    soup = BeautifulSoup(html, "html.parser")
    first = next((node for node in soup.descendants if isinstance(node, NavigableString) and node.strip()), None)
    if first is not None:
        first.replace_with(f"[{code}] {first}")
    return str(soup)
