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
        for model in self.get_models():
            # Nothing in this room points to a page, picture or file of Wagtail's, and its index of such references
            # would cost four queries whenever a row with a list in the back office is saved.
            model.wagtail_reference_index_ignore = True  # type: ignore[attr-defined]
        register(check_money_out)
