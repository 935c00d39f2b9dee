"""What one currency costs in another, from a day on; a history that is only ever added to."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _lazy

from core import clock
from core.models.append_only import AppendOnly

#: The euro and the two CFA francs, whose rates are fixed by law: between them nobody enters anything.
FIXED_AMONG_THEMSELVES = ("EUR", "XAF", "XOF")


class ExchangeRate(AppendOnly):
    """So many ``quote`` for one ``base`` from ``valid_from`` on; of two for one day the later entry holds.

    At most 15 digits, 8 of them after the point: SQLite keeps so many exactly.
    """

    class Source(models.TextChoices):
        MANUAL = "manual", _lazy("Entered by hand")
        FEED = "feed", _lazy("Rate source")
        EXAMPLE = "example", _lazy("Example")

    MAX_DIGITS: ClassVar[int] = 15
    DECIMAL_PLACES: ClassVar[int] = 8

    base = models.CharField(_lazy("one unit of"), max_length=3)
    quote = models.CharField(_lazy("costs, in"), max_length=3)
    rate = models.DecimalField(_lazy("rate"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)
    valid_from = models.DateField(_lazy("valid from"))
    source = models.CharField(_lazy("source"), max_length=8, choices=Source.choices)
    #: Null: the platform itself, or a person whose account is gone.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_lazy("entered by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    entered_at = models.DateTimeField(_lazy("entered"), default=clock.now)

    class Meta:
        verbose_name = _lazy("exchange rate")
        verbose_name_plural = _lazy("exchange rates")
        default_permissions: ClassVar = ("add", "view")
        ordering: ClassVar = ["-valid_from", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="commerce_rate_positive"),
            models.CheckConstraint(condition=~models.Q(base=models.F("quote")), name="commerce_rate_two_currencies"),
            models.CheckConstraint(
                condition=~models.Q(base__in=FIXED_AMONG_THEMSELVES, quote__in=FIXED_AMONG_THEMSELVES),
                name="commerce_rate_not_fixed",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["valid_from", "id"], name="commerce_rate_day")]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.rate.normalize():f} {self.quote}"
