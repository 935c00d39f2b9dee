"""How allauth behaves here: sign-up, mails, what an app is told about its user, secrets at rest."""

import base64
import hashlib
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as allauth_context
from allauth.core.internal.httpkit import is_headless_request
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import timezone, translation

from accounts.events import PersonRegistered
from accounts.models import User
from accounts.queries import language_of, person_by_email
from accounts.time_zones import device_zone, time_zone_of
from core.formats import zoned_moment
from core.outbox import publish

__all__ = ["AccountAdapter", "HeadlessAdapter", "SecondFactorAdapter"]


class AccountAdapter(DefaultAccountAdapter):
    """The website's and the apps' way to sign up and log in."""

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Make the account with its name and the language and time zone it was made in.

        The house is told in the same transaction.
        """
        user.name = form.cleaned_data.get("name", "")
        spoken = dict(settings.LANGUAGES)
        active = translation.get_language() or ""
        user.language = active if active in spoken else active.partition("-")[0] if active[:2] in spoken else ""
        user.time_zone = device_zone(request)
        with transaction.atomic():
            user = super().save_user(request, user, form, commit=commit)
            if commit:
                publish(
                    PersonRegistered(
                        person_key=user.public_id,
                        language=user.language,
                        source="app" if is_headless_request(request) else "website",
                    )
                )
        return user

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        """Lead on to where the person was going, also when the mail is opened on another device: by the log-in there.

        Who opens it where they signed up is logged in by then, and the log-in's page sends them straight on.
        """
        url: str = super().get_email_confirmation_url(request, emailconfirmation)
        if request is None or is_headless_request(request):
            return url
        wanted = get_next_redirect_url(request)
        if not wanted:
            return url
        log_in = f"{reverse('account_login')}?{urlencode({'next': wanted})}"
        return f"{url}?{urlencode({'next': log_in})}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the person's own language and time zone, where it is known whose address this is.

        The school signs.
        """
        request = allauth_context.request
        user = context.get("user") or person_by_email(email)
        if user is None:
            mine = getattr(request, "user", None)
            user = mine if mine is not None and mine.is_authenticated else None
        school = SimpleNamespace(name=settings.SITE_NAME, domain=urlsplit(settings.SITE_URL).netloc)
        language = language_of(user, translation.get_language() or "") if user else translation.get_language()
        zone = time_zone_of(user) if user and user.time_zone else timezone.get_current_timezone()
        links = _links_in(language or "", context, request)
        with translation.override(language), timezone.override(zone):
            # allauth's notices print the instant of a change as it comes.
            told = {"timestamp": zoned_moment(context["timestamp"])} if context.get("timestamp") else {}
            super().send_mail(template_prefix, email, {**context, **links, **told, "current_site": school})


def _links_in(language: str, context: dict[str, Any], request: HttpRequest | None) -> dict[str, str]:
    """The mail's links to pages of ours, in the reader's language: they were made in that of the page that was asked.

    Links to an app's own pages stay as they are.
    """
    ours = {urlsplit(settings.SITE_URL).netloc, request.get_host() if request else ""}
    links = {name: value for name, value in context.items() if name.endswith("_url") and isinstance(value, str)}
    return {name: translate_url(url, language) for name, url in links.items() if urlsplit(url).netloc in ours}


@dataclass
class AppUser:
    """What an app learns about the person who logs in."""

    id: str | None
    email: str | None
    display: str
    name: str
    language: str
    has_usable_password: bool


class HeadlessAdapter(DefaultHeadlessAdapter):
    """The headless API's own ways."""

    def get_user_dataclass(self) -> type[AppUser]:
        return AppUser

    def user_as_dataclass(self, user: User) -> AppUser:
        """Describe ``user`` by the public id: row numbers stay inside."""
        return AppUser(
            id=str(user.public_id) if user.pk else None,
            email=user.email or None,
            display=user.get_full_name(),
            name=user.name,
            language=user.language,
            has_usable_password=user.has_usable_password(),
        )

    def get_frontend_url(self, urlname: str, **kwargs: Any) -> str | None:
        """Point mails at the app's own pages (``HEADLESS_FRONTEND_URLS``) only when the app asked for them."""
        return super().get_frontend_url(urlname, **kwargs) if is_headless_request(self.request) else None


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors, with their secrets encrypted in the database.

    The key comes from ``SECRET_KEY``; those in ``SECRET_KEY_FALLBACKS`` still open what was written under them.
    """

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"accounts.second-factor:" + secret.encode()).digest()))
            for secret in map(str, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
        ]
    )
