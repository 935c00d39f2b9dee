"""Which of the school's languages a program or a browser asks for."""

from django.http import HttpRequest
from django.utils.translation import check_for_language, get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

__all__ = ["accepted_languages", "supported"]


def supported(code: str) -> str:
    """The language of ours that ``code`` names (``fr-CM`` names ``fr``), or nothing."""
    if not code or not check_for_language(code):
        return ""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return ""


def accepted_languages(request: HttpRequest) -> list[str]:
    """Languages of ours in the request's ``Accept-Language``, the most wanted first; those with weight 0 are not."""
    header = request.headers.get("Accept-Language", "").lower()
    wanted = [supported(code) for code, weight in parse_accept_lang_header(header) if weight > 0 and code != "*"]
    return list(dict.fromkeys(code for code in wanted if code))
