"""What the uploader of the admin has to know before a file is chosen."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from videos.uploads import quota_left
from videos.uploads_parts import is_possible

register = template.Library()

#: Bytes of a file that a form without script may send: nginx takes no larger one below /admin/.
FORM_BYTES = 60_000_000


@register.simple_tag(takes_context=True)
def upload_limits(context: Context) -> dict[str, Any]:
    """Limits of whoever looks at the page, the languages to choose from, and whether files go to the store directly."""
    return {
        "max_bytes": settings.VIDEO_MAX_BYTES,
        "max_minutes": settings.VIDEO_MAX_SECONDS // 60,
        "quota_bytes": settings.VIDEO_QUOTA_BYTES,
        "quota_left": quota_left(context["request"].user),
        "form_bytes": min(FORM_BYTES, settings.VIDEO_MAX_BYTES),
        "by_parts": is_possible(),
        "languages": settings.LANGUAGES,
    }


@register.simple_tag
def upload_words() -> SafeString:
    """What the script says, as JSON that is safe inside a script element."""
    words = {
        "waiting": _("Waits for its turn"),
        "sending": _("Being uploaded"),
        "sent": _("%s uploaded (%s)"),
        "checking": _("Uploaded; being checked"),
        "done": _("Uploaded; it is being prepared"),
        "again": _("You have uploaded this file before: “%s” is used."),
        "paused": _("Paused"),
        "offline": _("The connection is lost. It goes on by itself when the connection is back."),
        "failed": _("Not uploaded"),
        "broken": _("Something went wrong. Try again."),
        "empty": _("This file is empty."),
        "tooLarge": _("This file is too large: the largest that can be uploaded has %s."),
        "unfinished": _("%s uploaded: choose the same file again to go on."),
        "discard": _("Discard"),
        "discarded": _("Discarded"),
        "cancelling": _("Being discarded"),
    }
    text = json.dumps(words, ensure_ascii=False)
    for letter, written in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(letter, written)
    return mark_safe(text)
