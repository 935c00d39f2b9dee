"""Which notices there are for people to choose from, and which nobody can switch off."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

__all__ = ["CATEGORIES", "STAFF_PERMISSION", "Category", "Channel", "category_named"]

#: Whoever holds it is told when money needs somebody's attention.
STAFF_PERMISSION = "commerce.change_payment"


class Channel(StrEnum):
    """How somebody is told."""

    WEBSITE = "website"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Category:
    """Notices that one choice is made about.

    Attributes:
        switchable: channels that may be switched off. The others are required by law, by contract or by reason.
        why: why the rest can't be switched off; empty where everything can.
        permission: only people who hold it get these notices and see the choice; everybody, when empty.
    """

    name: str
    title: str | Promise
    description: str | Promise
    switchable: frozenset[Channel] = frozenset()
    why: str | Promise = ""
    permission: str = ""

    def can_switch(self, channel: Channel) -> bool:
        """Return whether people may switch these notices off on a channel."""
        return channel in self.switchable


_ALL = frozenset(Channel)

CATEGORIES: dict[str, Category] = {
    category.name: category
    for category in (
        Category(
            "receipts",
            _lazy("Receipts"),
            _lazy("Payments, invoices, refunds, and orders that the school has cancelled."),
            why=_lazy("The law asks us to confirm what you paid and what you get back."),
        ),
        Category(
            "renewals",
            _lazy("Charges to come and the end of access"),
            _lazy("Before a plan renews, when a renewal fails, when a plan begins, changes or ends."),
            why=_lazy("You shall know of each charge before it is made, and of the end of your access before it ends."),
        ),
        Category(
            "payouts",
            _lazy("Payouts"),
            _lazy("When money for your courses is sent to you, or could not be sent."),
            why=_lazy("They are the receipts of what we owe you."),
        ),
        Category(
            "gifts",
            _lazy("Gifts"),
            _lazy("Courses that somebody gives you, and that you give."),
            why=_lazy("A gift reaches you in no other way."),
        ),
        Category(
            "payment_reminders",
            _lazy("Reminders to pay"),
            _lazy("Orders that wait for your payment, and payments that did not work."),
            switchable=_ALL,
        ),
        Category(
            "subscriptions",
            _lazy("News about your plan"),
            _lazy("When your plan is renewed, paused or goes on."),
            switchable=_ALL,
        ),
        Category(
            "questions",
            _lazy("Questions and answers"),
            _lazy("Answers to what you ask in a lesson, and questions in the courses that you teach."),
            switchable=_ALL,
        ),
        Category(
            "staff",
            _lazy("Payments that need attention"),
            _lazy("For the people who look after payments: amounts that don’t fit, refunds to decide, disputes."),
            switchable=frozenset({Channel.MAIL}),
            why=_lazy("On the website they always appear, so that none is overlooked."),
            permission=STAFF_PERMISSION,
        ),
    )
}


def category_named(name: str) -> Category | None:
    """Return the category of that name, or None."""
    return CATEGORIES.get(name)
