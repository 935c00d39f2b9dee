"""The certificate as a PDF: one page, landscape A4, in the language it was issued in."""

from typing import Any, NoReturn

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_bidi, override
from PIL import ImageFile

from commerce.certificates.border import NIGHT, woven_border
from commerce.certificates.links import grouped_number, verification_url
from commerce.models import Certificate

__all__ = ["lay_out", "render_html", "render_pdf"]

#: A name of up to so many characters is set in so many points, so that any fits on two lines.
_NAME_SIZES = ((22, 46), (34, 36), (56, 27), (120, 20))
_TITLE_SIZES = ((36, 27), (64, 21), (120, 17), (255, 13))


def render_pdf(certificate: Certificate) -> bytes:
    """Return the PDF of a certificate, tagged for screen readers; a revoked one says so across the page."""
    return lay_out(certificate).write_pdf(pdf_tags=True)


def lay_out(certificate: Certificate) -> Any:
    """Return WeasyPrint's document, ready to be written.

    Everything printed comes from the certificate's own row: nothing is fetched, from the disk or from the network.
    """
    from weasyprint import HTML  # its native libraries cost half a second, which no other request should pay

    # WeasyPrint tells Pillow, for the whole process, to accept pictures that end too early. Uploads must not.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    return HTML(string=render_html(certificate), url_fetcher=_fetch_nothing).render()


def render_html(certificate: Certificate) -> str:
    """Return the page that becomes the PDF."""
    with override(certificate.language):
        return render_to_string("commerce/certificate.html", _context(certificate))


def _context(certificate: Certificate) -> dict[str, Any]:
    address = verification_url(certificate)
    code = segno.make(address, error="m", micro=False)
    is_rtl = get_language_bidi()
    minutes = _count(certificate.facts.get("minutes"))
    return {
        "certificate": certificate,
        "school": certificate.facts.get("school") or settings.SITE_NAME,
        "signatory": certificate.facts.get("signatory") or "",
        "words": certificate.facts.get("words") or "",
        "language": certificate.language,
        "direction": "rtl" if is_rtl else "ltr",
        "border": woven_border(),
        "qr": mark_safe(code.svg_inline(border=0, dark=NIGHT, omitsize=True)),
        "address": _left_to_right(address) if is_rtl else address,
        "number": _left_to_right(grouped_number(certificate.number)) if is_rtl else grouped_number(certificate.number),
        "hours": round(minutes / 60) if minutes >= 90 else 0,
        "minutes": minutes if minutes < 90 else 0,
        "lessons": _count(certificate.facts.get("lessons")),
        "quizzes": _count(certificate.facts.get("quizzes")),
        "name_size": _size(certificate.learner_name, _NAME_SIZES),
        "title_size": _size(certificate.course_title, _TITLE_SIZES),
    }


def _left_to_right(text: str) -> str:
    """Isolate a text for Pango, which reads control characters where WeasyPrint passes over ``dir`` and ``bdi``."""
    return f"\u2066{text}\u2069"


def _size(text: str, steps: tuple[tuple[int, int], ...]) -> int:
    return next((points for length, points in steps if len(text) <= length), steps[-1][1])


def _count(fact: Any) -> int:
    return fact if isinstance(fact, int) and not isinstance(fact, bool) and fact > 0 else 0


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise ValueError("a certificate refers to nothing outside itself")
