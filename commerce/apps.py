"""The room of enrolment, orders and certificates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _lazy


class CommerceConfig(AppConfig):
    name = "commerce"
    verbose_name = _lazy("Commerce")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from commerce import handlers, handlers_invoices, handlers_money, handlers_subscriptions  # noqa: F401
        from commerce.outgoing_alarms import check_money_out
        from commerce.payments.alarms import check_payments
        from core.health import register

        register(check_payments)
        register(check_money_out)
