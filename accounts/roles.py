"""The roles of a school, as data: which permissions each group holds wherever it is.

The table is a floor: ``accounts.actions.apply_roles`` adds what is missing after every ``migrate`` and takes nothing
away, so a school may give a role more in the admin. Rights on pages and on the authors' collection belong to
``courses.roles``; people who only learn need no role at all.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

__all__ = [
    "ADMINISTRATOR",
    "FINANCE",
    "INSTRUCTOR",
    "NOT_FOR_ADMINISTRATORS",
    "REVIEWER",
    "ROLES",
    "SUPPORT",
    "TRANSLATOR",
    "Role",
    "role_named",
]

INSTRUCTOR = "instructor"
TRANSLATOR = "translator"
REVIEWER = "reviewer"
SUPPORT = "support"
FINANCE = "finance"
ADMINISTRATOR = "administrator"

_ENTER = "wagtailadmin.access_admin"
#: Pictures and files of all collections may be used; adding happens in the authors' own (see ``courses.roles``).
_CHOOSE = ("wagtailimages.choose_image", "wagtaildocs.choose_document")


@dataclass(frozen=True, slots=True)
class Role:
    """A group of that name.

    Attributes:
        permissions: ``app.codename``, held everywhere.
        collection_permissions: ``app.codename`` on the root collection, hence on all images and documents.
        holds_everything: all permissions but those of ``NOT_FOR_ADMINISTRATORS``, also ones that come later.
    """

    name: str
    title: str | Promise
    permissions: tuple[str, ...] = ()
    collection_permissions: tuple[str, ...] = ()
    holds_everything: bool = False


ROLES: tuple[Role, ...] = (
    Role(
        INSTRUCTOR,
        _lazy("Instructor"),
        permissions=(
            _ENTER,
            "courses.view_category",
            "courses.add_glossaryterm",
            "courses.change_glossaryterm",
            "courses.view_glossaryterm",
        ),
        collection_permissions=_CHOOSE,
    ),
    Role(
        TRANSLATOR,
        _lazy("Translator"),
        permissions=(
            _ENTER,
            "wagtail_localize.submit_translation",
            "wagtail_localize.view_translation",
            "wagtail_localize.change_translation",
            "courses.view_category",
            "courses.change_category",
            "courses.view_glossaryterm",
            "courses.change_glossaryterm",
        ),
        collection_permissions=_CHOOSE,
    ),
    Role(
        REVIEWER,
        _lazy("Reviewer"),
        permissions=(_ENTER, "courses.view_category", "courses.view_glossaryterm"),
        collection_permissions=_CHOOSE,
    ),
    Role(
        SUPPORT,
        _lazy("Support"),
        permissions=(
            _ENTER,
            "accounts.view_user",
            "commerce.add_enrollment",
            "commerce.view_enrollment",
            "commerce.change_enrollment",
            "commerce.view_order",
            "commerce.change_order",
            "commerce.view_orderline",
            "commerce.view_payment",
            "commerce.view_paymentattempt",
            "commerce.view_refund",
            "commerce.add_refund",
            "commerce.view_invoice",
            "commerce.view_subscription",
            "commerce.change_subscription",
            "commerce.view_certificate",
            "commerce.change_certificate",
            "learning.view_courseprogress",
            "learning.view_quizattempt",
        ),
    ),
    Role(
        FINANCE,
        _lazy("Finance"),
        permissions=(
            _ENTER,
            "accounts.view_user",
            "commerce.view_enrollment",
            "commerce.view_order",
            "commerce.change_order",
            "commerce.view_orderline",
            # Payments and what providers said of them.
            "commerce.view_payment",
            "commerce.change_payment",
            "commerce.view_paymentattempt",
            "commerce.view_attemptmove",
            "commerce.view_providerexchange",
            "commerce.view_providereventrecord",
            "commerce.change_providereventrecord",
            "commerce.view_transferproof",
            "commerce.view_refund",
            "commerce.add_refund",
            "commerce.change_refund",
            "commerce.view_chargeback",
            "commerce.change_chargeback",
            # What is sold, and for how much.
            "commerce.view_offer",
            "commerce.add_offer",
            "commerce.change_offer",
            "commerce.view_coupon",
            "commerce.add_coupon",
            "commerce.change_coupon",
            "commerce.view_taxrate",
            "commerce.add_taxrate",
            "commerce.change_taxrate",
            "commerce.add_exchangerate",
            "commerce.view_exchangerate",
            "commerce.view_plan",
            "commerce.view_subscription",
            "commerce.change_subscription",
            # The books, statements, documents.
            "commerce.view_ledgertransaction",
            "commerce.view_ledgerentry",
            "commerce.view_invoice",
            "commerce.add_statementimport",
            "commerce.view_statementimport",
            "commerce.view_statementline",
            "commerce.change_statementline",
            "commerce.view_reconciliationrun",
            "commerce.view_discrepancy",
            "commerce.change_discrepancy",
            # Earnings and payouts.
            "commerce.view_courseshare",
            "commerce.change_courseshare",
            "commerce.view_courseterms",
            "commerce.change_courseterms",
            "commerce.view_payoutaccount",
            "commerce.view_payoutrun",
            "commerce.add_payoutrun",
            "commerce.change_payoutrun",
            "commerce.view_payout",
            "commerce.change_payout",
        ),
    ),
    Role(
        ADMINISTRATOR,
        _lazy("Administrator"),
        holds_everything=True,
        collection_permissions=(
            "wagtailimages.add_image",
            "wagtailimages.change_image",
            "wagtailimages.delete_image",
            "wagtailimages.choose_image",
            "wagtaildocs.add_document",
            "wagtaildocs.change_document",
            "wagtaildocs.delete_document",
            "wagtaildocs.choose_document",
            "wagtailcore.add_collection",
            "wagtailcore.change_collection",
            "wagtailcore.delete_collection",
        ),
    ),
)

#: Whole apps, or single models as ``app.model``: what logs people in, and what defines permissions themselves.
NOT_FOR_ADMINISTRATORS = frozenset({"account", "auth.permission", "axes", "contenttypes", "mfa", "sessions"})


def role_named(name: str) -> Role:
    """Return the role of that name.

    Raises:
        LookupError: there is none.
    """
    for role in ROLES:
        if role.name == name:
            return role
    raise LookupError(name)
