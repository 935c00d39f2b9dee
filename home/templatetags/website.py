"""Tags and filters of the website's templates."""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from courses.blocks.body import CALLOUT_KINDS
from courses.blocks.languages import CODE_LANGUAGES
from courses.queries.outline import OutlineItem
from home import addresses, code_colours, embeds, formulas, pictures, preferences, shop, talk_text
from learning.access import CourseAccess
from notifications.queries import MOST_COUNTED, unread_count
from videos.moments import moment_text

register = template.Library()

_CALLOUT_NAMES = dict(CALLOUT_KINDS)
_CALLOUT_ICONS = {
    "tip": "tip",
    "warning": "warning",
    "objectives": "target",
    "questions": "quiz",
    "keypoints": "key",
    "prerequisites": "done",
    "exercise": "pencil",
}
_LANGUAGE_NAMES = dict(CODE_LANGUAGES)
CLOTHS = 6


@register.simple_tag
def icon(name: str, turns: bool = False) -> SafeString:
    """A decorative icon; ``turns`` when it points somewhere and must mirror in right-to-left text."""
    css = "icon icon-turns" if turns else "icon"
    href = f"{static('img/icons.svg')}#{name}"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, href)


@register.simple_tag(takes_context=True)
def language_offer(context: Context) -> dict[str, Any] | None:
    """A word to visitors whose browser prefers another language that this page is there in; None to the others."""
    request = context.get("request")
    link = preferences.offered_language(request, context.get("languages") or ()) if request else None
    if link is None:
        return None
    with override(link.code):
        # Translators: say it of the language you translate into: “This page exists in French too.”
        words = _("This page exists in English too.")
    if words == "This page exists in English too." and not link.code.startswith("en"):
        words = link.name  # a language that nobody has translated the interface into
    return {"link": link, "words": words}


@register.simple_tag(takes_context=True)
def unread_notices(context: Context) -> str:
    """How many notices the person has not read, for the header; empty when none. One query."""
    count = unread_count(context.get("user"))
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count or "")


@register.simple_tag(takes_context=True)
def items_in_cart(context: Context) -> int:
    """How many items are in the visitor's cart, for the header. One query, none without account and cookie."""
    request = context.get("request")
    return shop.count_items(request) if request is not None and hasattr(request, "user") else 0


@register.filter
def alternates(links: Iterable[addresses.LanguageLink]) -> list[tuple[str, str]]:
    """The same page in the languages that have it, as ``<link rel="alternate">`` wants it."""
    return addresses.alternates(links)


@register.simple_tag
def highlight(code: str, language: str) -> SafeString:
    """Code as coloured HTML."""
    return code_colours.highlighted(code, language)


@register.simple_tag
def mathml(latex: str) -> SafeString:
    """A formula as MathML."""
    return formulas.mathml(latex)


@register.simple_tag
def picture(image: Any, alt: str = "", decorative: bool = False) -> SafeString:
    """An image of a lesson in WebP at several widths."""
    return pictures.lesson_picture(image, "" if decorative else alt)


@register.simple_tag
def cover(image: Any, eager: bool = False) -> SafeString:
    """A cover picture in 16:9; says nothing to screen readers, for the title stands beside it."""
    return pictures.cover(image, is_eager=eager)


@register.simple_tag
def embed_player(url: str) -> embeds.Player | None:
    """The player for a video's address, for hosts that the content security policy lets in."""
    return embeds.player_for(url)


@register.simple_tag
def item_url(item: OutlineItem) -> str:
    """The address of a lesson or quiz of an outline."""
    return addresses.address_of(item.url_path, item.language)


@register.filter
def cloth(key: Any) -> int:
    """Which of the cloths stands in for a cover: always the same one for the same course."""
    return zlib.crc32(str(key).encode()) % CLOTHS


@register.filter
def callout_name(kind: str) -> Any:
    """The name of a kind of callout."""
    return _CALLOUT_NAMES.get(kind, "")


@register.filter
def callout_icon(kind: str) -> str:
    """The icon of a kind of callout."""
    return _CALLOUT_ICONS.get(kind, "note")


@register.filter
def language_name(code: str) -> Any:
    """What a programming language is called."""
    return _LANGUAGE_NAMES.get(code, code)


@register.filter
def item_count(count: int | None) -> str:
    """So many lessons, quizzes included."""
    return ngettext("%(count)d lesson", "%(count)d lessons", count or 0) % {"count": count or 0}


@register.filter
def get(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """One value of a dictionary, nothing when it isn't there."""
    return mapping.get(key) if mapping else None


@register.filter
def has(collection: Any, key: Any) -> bool:
    """Whether a collection holds something."""
    return key in collection


@register.filter
def lock(access: CourseAccess, item: OutlineItem) -> str:
    """Why an item is closed to the visitor; empty when it is open."""
    return access.lock_reason(item)


@register.filter
def clock(seconds: int) -> str:
    """Seconds as minutes and seconds: ``12:05``."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}"


@register.filter
def moment(milliseconds: int) -> str:
    """A moment in a video: ``12:05``, from an hour on ``1:12:05``."""
    return moment_text(milliseconds)


@register.filter
def seconds(milliseconds: int) -> str:
    """Milliseconds as programs take seconds: ``725.3``, with a point in every language."""
    return f"{milliseconds / 1000:.3f}".rstrip("0").rstrip(".")


@register.filter
def unlocalized(number: Any) -> str:
    """A number as HTML attributes want it, with a point in every language."""
    return str(float(number))


@register.simple_tag
def photo(image: Any, alt: str = "") -> SafeString:
    """A picture of the home page."""
    return pictures.photo(image, alt)


@register.filter
def ltr(text: Any) -> SafeString:
    """An e-mail address, a host, a number of ours among other words: written from left to right in every language."""
    return format_html('<bdi dir="ltr">{}</bdi>', text)


@register.filter
def talk(text: str) -> SafeString:
    """What people wrote, as paragraphs with links where addresses stand."""
    return talk_text.as_html(text)


@register.filter
def stringified(key: Any) -> str:
    """A key as forms send it."""
    return str(key)


@register.filter
def initial(name: str) -> str:
    """The first letter of a name, for people without a picture."""
    return name[:1].upper()


@register.filter
def grouped(code: str) -> str:
    """A certificate's number in groups of four, as people read and type it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
