"""Refusals about notices."""

from django.utils.translation import gettext_lazy as _lazy

from core.errors import InvalidInput, NotAllowed, NotFound

__all__ = ["CannotSwitchOff", "ChannelUnknown", "LinkNotValid", "MayNotChangeNotices", "NotificationCategoryUnknown"]


class NotificationCategoryUnknown(InvalidInput):
    """No such category, or none that this person is told about."""

    code = "notification_category_unknown"
    message = _lazy("There are no such notices. Choose one of those on the page of your notices.")
    field = "category"


class ChannelUnknown(InvalidInput):
    """No such channel."""

    code = "notification_channel_unknown"
    message = _lazy("Notices come on the website or by mail. Choose one of the two.")
    field = "channel"


class CannotSwitchOff(InvalidInput):
    """Law or contract asks for these notices."""

    code = "notification_required"
    message = _lazy("These notices can’t be switched off: you need them to know about your money or your courses.")
    field = "category"


class MayNotChangeNotices(NotAllowed):
    """Somebody else's notices."""

    message = _lazy("You may change nobody’s notices but your own.")


class LinkNotValid(NotFound):
    """A link to unsubscribe that we have not made, or whose person is gone."""

    code = "unsubscribe_link_not_valid"
    message = _lazy("This link is not valid. Log in and choose on the page of your notices what you want to get.")
