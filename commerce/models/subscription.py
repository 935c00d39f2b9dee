"""Subscriptions, their paid periods, and what they entitle to."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.money import RequiredMoneyProperty

__all__ = ["Entitlement", "Subscription", "SubscriptionPeriod"]


class Subscription(models.Model):
    """Somebody's plan. Cards are charged by Stripe; where people pay by phone or transfer, each period is an order."""

    class State(models.TextChoices):
        #: The first period isn't paid yet.
        INCOMPLETE = "incomplete", _lazy("Waiting for the first payment")
        TRIAL = "trial", _lazy("Trial")
        ACTIVE = "active", _lazy("Active")
        #: A renewal is unpaid; access goes on until ``grace_ends_at``.
        PAST_DUE = "past_due", _lazy("Payment due")
        PAUSED = "paused", _lazy("Paused")
        ENDED = "ended", _lazy("Ended")

    class Billing(models.TextChoices):
        OURS = "ours", _lazy("Paid by hand or by prompt on the phone")
        STRIPE = "stripe", _lazy("Card, charged by itself")

    OPEN_STATES = (State.INCOMPLETE, State.TRIAL, State.ACTIVE, State.PAST_DUE, State.PAUSED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="subscriptions")
    plan = models.ForeignKey("commerce.Plan", on_delete=models.PROTECT, related_name="subscriptions")
    state = models.CharField(_lazy("state"), max_length=10, choices=State.choices, default=State.INCOMPLETE)
    billing = models.CharField(_lazy("billing"), max_length=8, choices=Billing.choices, default=Billing.OURS)
    currency = models.CharField(_lazy("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_lazy("price of a period in minor units"))
    country = models.CharField(_lazy("country"), max_length=2, blank=True)
    language = models.CharField(_lazy("language"), max_length=12, default="en")
    #: How renewals are asked for: provider and phone of the last payment; changeable by the learner.
    provider = models.CharField(_lazy("provider"), max_length=20, blank=True)
    phone = models.CharField(_lazy("phone"), max_length=16, blank=True)
    #: Day of the month on which periods begin: 31 stays 31 after a February.
    anchor_day = models.PositiveSmallIntegerField(default=1)
    period_starts_at = models.DateTimeField(_lazy("period from"), null=True, blank=True)
    period_ends_at = models.DateTimeField(_lazy("period until"), null=True, blank=True)
    grace_ends_at = models.DateTimeField(_lazy("access until"), null=True, blank=True)
    cancels_at_period_end = models.BooleanField(_lazy("ends with the period"), default=False)
    #: Another plan from the next period on.
    next_plan = models.ForeignKey(
        "commerce.Plan",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_lazy("next plan"),
    )
    #: Left of a former plan after a change, to be taken off the next orders.
    credit_minor = models.BigIntegerField(_lazy("credit in minor units"), default=0)
    stripe_ref = models.CharField(max_length=255, null=True, blank=True, unique=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    #: What is left of the paid period when it is paused, in seconds.
    paused_seconds = models.BigIntegerField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    next_action_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=12, blank=True)
    created_at = models.DateTimeField(_lazy("begun"), default=clock.now)
    ended_at = models.DateTimeField(_lazy("ended"), null=True, blank=True)

    amount = RequiredMoneyProperty("amount_minor")
    credit = RequiredMoneyProperty("credit_minor")

    class Meta:
        verbose_name = _lazy("subscription")
        verbose_name_plural = _lazy("subscriptions")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["learner", "plan"],
                condition=~Q(state="ended"),
                name="commerce_subscription_one_open",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, credit_minor__gte=0), name="commerce_subscription_amounts"
            ),
            models.CheckConstraint(
                condition=Q(period_ends_at__isnull=True) | Q(period_ends_at__gt=F("period_starts_at")),
                name="commerce_subscription_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_action_at"], condition=Q(next_action_at__isnull=False), name="commerce_subscription_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} – {self.plan}"


class SubscriptionPeriod(models.Model):
    """One period and the order that pays for it; ``number`` makes renewing twice impossible."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="periods")
    number = models.PositiveIntegerField(_lazy("number"))
    starts_at = models.DateTimeField(_lazy("from"))
    ends_at = models.DateTimeField(_lazy("until"))
    order = models.OneToOneField(
        "commerce.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="subscription_period"
    )
    is_trial = models.BooleanField(_lazy("trial"), default=False)
    paid_at = models.DateTimeField(_lazy("paid"), null=True, blank=True)
    #: Seconds of the window in which the subscription was paused: they are not part of what was paid for.
    paused_seconds = models.BigIntegerField(default=0)
    #: When a change of plan took it back before it began, and its whole value became credit.
    credited_at = models.DateTimeField(null=True, blank=True)
    #: When its money was shared out among the instructors.
    shared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _lazy("period of a subscription")
        verbose_name_plural = _lazy("periods of subscriptions")
        ordering: ClassVar = ["subscription", "number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subscription", "number"], name="commerce_period_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="commerce_period_window"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.number}"


class Entitlement(models.Model):
    """That a person may enrol in what a scope covers, in a window of time."""

    class Scope(models.TextChoices):
        CATALOGUE = "catalogue", _lazy("All courses")
        PATH = "path", _lazy("Learning path")
        COURSE = "course", _lazy("Course")

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entitlements")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="entitlements"
    )
    scope = models.CharField(_lazy("scope"), max_length=10, choices=Scope.choices)
    #: Translation key of the path or course; null for all.
    key = models.UUIDField(_lazy("path or course"), null=True, blank=True)
    starts_at = models.DateTimeField(_lazy("from"))
    ends_at = models.DateTimeField(_lazy("until"))

    class Meta:
        verbose_name = _lazy("entitlement")
        verbose_name_plural = _lazy("entitlements")
        ordering: ClassVar = ["learner", "-ends_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["subscription", "scope", "key"], name="commerce_entitlement_once"),
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(scope="catalogue"), name="commerce_entitlement_one_catalogue"
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="commerce_entitlement_window"),
            models.CheckConstraint(
                condition=Q(scope="catalogue", key__isnull=True) | ~Q(scope="catalogue") & Q(key__isnull=False),
                name="commerce_entitlement_scope",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["learner", "ends_at"], name="commerce_entitlement_learner")]

    def __str__(self) -> str:
        return f"{self.learner}: {self.scope}"
