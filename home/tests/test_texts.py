"""The French catalogue: every text collected has its translation, with the same placeholders."""

from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings


def test_french_is_complete_and_keeps_placeholders() -> None:
    path = Path(settings.BASE_DIR) / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    messages = [message for message in catalogue if message.id]
    empty = [
        message.id
        for message in messages
        if not all([message.string] if isinstance(message.string, str) else message.string)
    ]
    wrong = [(message.id, str(error)) for message in messages for error in message.check(catalogue)]
    assert len(messages) > 900
    assert empty == []
    assert wrong == []
    assert not [message.id for message in messages if message.fuzzy]
    # A fuzzy header makes Babel skip the whole catalogue when it compiles.
    assert not catalogue.fuzzy
