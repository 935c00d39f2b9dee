"""Where a certificate is verified, and how its number is written for people."""

from django.conf import settings

from commerce.models import Certificate

__all__ = ["grouped_number", "verification_url"]


def verification_url(certificate: Certificate) -> str:
    """The public address that tells whether the certificate is genuine and valid."""
    return f"{settings.SITE_URL}/certificates/{certificate.number}/"


def grouped_number(number: str) -> str:
    """The number in groups of four, easier to read and type: ``ABCD-EFGH-JKMN-PQRS``."""
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))
