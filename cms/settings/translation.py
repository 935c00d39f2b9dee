"""Translating content: the bar for publishing, and a machine that helps."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cms.settings.env import env

__all__ = ["MACHINE_TRANSLATION", "TRANSLATION_THRESHOLD", "WAGTAILLOCALIZE_MACHINE_TRANSLATOR"]

#: Percent of strings below which a page is sent to review only when somebody says so.
TRANSLATION_THRESHOLD: int = env.int("TRANSLATION_THRESHOLD", default=80)
if not 0 <= TRANSLATION_THRESHOLD <= 100:
    raise ImproperlyConfigured("TRANSLATION_THRESHOLD is a percentage: a number from 0 to 100.")

#: Empty (off), ``deepl``, ``libretranslate``, or ``local``: a stand-in for trying things out, which knows no language.
MACHINE_TRANSLATION: str = env.str("MACHINE_TRANSLATION", default="").strip().lower()


def _needed(name: str, value: str) -> str:
    if not value:
        raise ImproperlyConfigured(f"MACHINE_TRANSLATION={MACHINE_TRANSLATION} needs {name}.")
    return value


def _translator() -> dict[str, Any] | None:
    match MACHINE_TRANSLATION:
        case "":
            return None
        case "local":
            return {"CLASS": "translation.machine.LocalTranslator"}
        case "deepl":
            return {
                "CLASS": "wagtail_localize.machine_translators.deepl.DeepLTranslator",
                "OPTIONS": {
                    "AUTH_KEY": _needed("DEEPL_AUTH_KEY", env.str("DEEPL_AUTH_KEY", default="")),
                    "FORMALITY": env.str("DEEPL_FORMALITY", default=""),
                    "TIMEOUT": 30,
                },
            }
        case "libretranslate":
            return {
                "CLASS": "wagtail_localize.machine_translators.libretranslate.LibreTranslator",
                "OPTIONS": {
                    "LIBRETRANSLATE_URL": _needed(
                        "LIBRETRANSLATE_URL", env.str("LIBRETRANSLATE_URL", default="")
                    ).rstrip("/"),
                    "API_KEY": env.str("LIBRETRANSLATE_API_KEY", default=""),
                    "TIMEOUT": 30,
                },
            }
    raise ImproperlyConfigured(
        f"MACHINE_TRANSLATION is '{MACHINE_TRANSLATION}'; it may be empty, deepl, libretranslate or local."
    )


WAGTAILLOCALIZE_MACHINE_TRANSLATOR = _translator()
