"""Certificates: the public page that says whether one is valid, and its PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from commerce.models import Certificate
from commerce.queries import certificate_by_number
from home.preferences import language_of


@require_safe
def find_certificate(request: HttpRequest) -> HttpResponse:
    """Lead from the form “check a certificate” to the certificate's page."""
    number = request.GET.get("number", "").strip()
    if number:
        return redirect("certificate", number.replace("/", " ")[:60])
    with override(language_of(request)):
        return render(request, "home/certificate_search.html", {"is_unlisted": True})


@never_cache
@require_safe
def show_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Say whether the certificate is valid, in the visitor's language, with what stands on it."""
    certificate = certificate_by_number(number)
    with override(language_of(request)):
        if certificate is None:
            # Else LocaleMiddleware would turn this 404 into a redirect to /en/…, which has no such address either.
            request.urlconf = "home.urls"
            context = {"number": number[:60], "is_unlisted": True}
            return render(request, "home/certificate_unknown.html", context, status=404)
        return render(request, "home/certificate.html", _context(certificate) | {"is_unlisted": True})


def _context(certificate: Certificate) -> dict[str, object]:
    return {
        "certificate": certificate,
        "replacement": getattr(certificate, "replaced_by", None) if certificate.is_revoked else None,
    }
