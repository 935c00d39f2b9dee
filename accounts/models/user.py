"""A person who can log in, with the profile that others may see."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _lazy

from accounts.choices import configured_languages
from accounts.validators import (
    validate_country,
    validate_currency,
    validate_name,
    validate_phone,
    validate_time_zone,
)
from core import clock


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address, always stored in lower case."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Lower-case the whole address: people type it in any case, and providers don't tell cases apart."""
        return (email or "").strip().lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person; without a password they can only get in through a reset mail.

        Raises:
            ValueError: no e-mail address given.
        """
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person who may do everything (``manage.py createsuperuser``).

        Whoever may run commands on the server is taken at their word: the address counts as verified.
        """
        from allauth.account.models import EmailAddress

        with transaction.atomic(using=self._db):
            user = self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})
            EmailAddress.objects.using(self._db).create(user=user, email=user.email, primary=True, verified=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by e-mail in any case."""
        return self.get(email=self.normalize_email(username))


class User(AbstractBaseUser, PermissionsMixin):
    """A person: e-mail as log-in, ``public_id`` outside, profile fields beside."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_lazy("e-mail address"), max_length=254, unique=True)
    name = models.CharField(
        _lazy("name"),
        max_length=120,
        blank=True,
        validators=[validate_name],
        help_text=_lazy("As it should stand on a certificate."),
    )
    avatar = models.ImageField(_lazy("picture"), upload_to="avatars/%Y/%m/", blank=True)
    bio = models.TextField(_lazy("about you"), max_length=2000, blank=True)
    country = models.CharField(
        _lazy("country"), max_length=2, blank=True, validators=[validate_country], help_text="ISO 3166-1 alpha-2"
    )
    currency = models.CharField(
        _lazy("currency of prices"),
        max_length=3,
        blank=True,
        validators=[validate_currency],
        help_text=_lazy("Empty: as in your country."),
    )
    time_zone = models.CharField(
        _lazy("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_lazy("Empty: as your device says."),
    )
    language = models.CharField(
        _lazy("language of the interface"),
        max_length=12,
        blank=True,
        choices=configured_languages,
        help_text=_lazy("Empty: as the browser asks."),
    )
    phone = models.CharField(
        _lazy("phone"), max_length=16, blank=True, validators=[validate_phone], help_text="E.164, e.g. +237650000000"
    )
    saves_data = models.BooleanField(
        _lazy("data saver"),
        default=False,
        help_text=_lazy("Videos begin with the smallest picture, on all your devices."),
    )
    is_active = models.BooleanField(_lazy("active"), default=True)
    is_staff = models.BooleanField(_lazy("may open the back office"), default=False)
    date_joined = models.DateTimeField(_lazy("joined"), default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _lazy("person")
        verbose_name_plural = _lazy("people")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Fold the address to lower case, as the manager does."""
        super().clean()
        self.email = User.objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        """The name, or the part of the address before the @ for people who gave none."""
        return self.name or self.email.partition("@")[0]

    def get_short_name(self) -> str:
        """First word of the name."""
        return self.get_full_name().split()[0]

    @property
    def first_name(self) -> str:
        """What the admin's greeting shows."""
        return self.get_short_name()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django's, but staff who owe a second factor hold no permission until they have set one up.

        One gate for the admin, GraphQL, REST and commands alike; see ``accounts.policies.owes_second_factor``.
        """
        from accounts.policies import owes_second_factor

        return not owes_second_factor(self) and super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """As :meth:`has_perm`, for any permission of an app."""
        from accounts.policies import owes_second_factor

        return not owes_second_factor(self) and super().has_module_perms(app_label)
