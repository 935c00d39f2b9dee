"""Refusals of this room, with codes that the faces show and programs test."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _lazy

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound

__all__ = [
    "AlreadyOrdered",
    "AlreadyOwned",
    "AlreadySubscribed",
    "AttemptInProgress",
    "AttemptNotFound",
    "AttemptSettled",
    "AttemptsUsedUp",
    "AuthenticationRequired",
    "BilledByCard",
    "CartEmpty",
    "CartFull",
    "CartItemNotFound",
    "CartNotFound",
    "CertificateIsReplaced",
    "ChargebackDecided",
    "ChosenAmountRefused",
    "CouponRefused",
    "CouponUnknown",
    "CourseNotFound",
    "CurrencyNotShown",
    "CurrencyNotSold",
    "DiscrepancyResolved",
    "EnrollmentEnded",
    "EventNotFailed",
    "ExplanationRequired",
    "ExportUnreadable",
    "FourEyesNeeded",
    "FulfilmentFailed",
    "GiftNotFound",
    "GiftOwned",
    "GiftRefused",
    "GiftTaken",
    "GiftToOneself",
    "InvalidBilling",
    "InvalidCountry",
    "InvalidCoupon",
    "InvalidCurrency",
    "InvalidOffer",
    "InvalidPayoutAccount",
    "InvalidPhone",
    "InvalidPrice",
    "InvalidRate",
    "InvalidTaxRate",
    "InvalidWindow",
    "LineFitsNothing",
    "LineSettled",
    "NameRequired",
    "NoEnrollment",
    "NotBilledByCard",
    "NotOnSale",
    "NotRefundable",
    "NothingToPayOut",
    "OrderExpired",
    "OrderNotOpen",
    "PaymentProviderTrouble",
    "PaymentRequired",
    "PaymentUnderWay",
    "PayoutNotOpen",
    "PricesChanged",
    "ProofRefused",
    "ProviderUnavailable",
    "RateIsFixed",
    "RateJump",
    "ReasonRequired",
    "ReceiptRequired",
    "ReferralCodeRefused",
    "RefundAmountRefused",
    "RefundNotOpen",
    "SamePlan",
    "SharesRefused",
    "SoldOut",
    "StatementKnown",
    "StatementUnreadable",
    "SubscribeInstead",
    "SubscriptionNotFound",
    "SubscriptionStateRefused",
    "TermsRefused",
    "TooManyTries",
]


class AuthenticationRequired(NotAllowed):
    """Nobody is logged in, or the account was closed."""

    code = "authentication_required"
    message = _lazy("Log in first.")


class CourseNotFound(NotFound):
    """No such course, or none that is published."""

    code = "course_not_found"
    message = _lazy("There is no such course.")
    field = "courseId"


class PaymentRequired(Conflict):
    """The course has a price, and a free enrolment was asked for."""

    code = "payment_required"
    message = _lazy("This course has to be paid for.")


class CurrencyNotShown(InvalidInput):
    """Prices are not shown in this currency."""

    code = "currency_not_shown"
    message = _lazy("Prices are not shown in this currency here.")
    field = "currency"


class NoEnrollment(NotFound):
    """The enrolment is gone."""

    code = "enrollment_not_found"
    message = _lazy("There is no such enrolment.")


class EnrollmentEnded(Conflict):
    """The enrolment is in a state that this change does not start from."""

    code = "enrollment_state"
    message = _lazy("The enrolment is in a state that does not allow this.")


class InvalidPrice(InvalidInput):
    """A price of nothing or less."""

    code = "invalid_price"
    message = _lazy("A price is more than nothing; a course without a price is free.")
    field = "amount"


class InvalidRate(InvalidInput):
    """No rate between two currencies."""

    code = "invalid_rate"
    message = _lazy("A rate is between two currencies, more than nothing, with at most 8 digits after the point.")
    field = "rate"


class RateIsFixed(Conflict):
    """The euro and the CFA francs among themselves."""

    code = "rate_fixed"
    message = _lazy("1 euro is 655.957 CFA francs by law; nobody needs to enter that, and nobody can change it.")
    field = "quote"


class RateJump(Conflict):
    """Probably a typing mistake: a digit too many, or the pair the wrong way round."""

    code = "rate_jump"
    message = _lazy("This rate is far from the one before. Check the digits and the direction, then confirm it.")
    field = "is_confirmed"


class InvalidWindow(InvalidInput):
    """An enrolment that would close before it opens."""

    code = "invalid_window"
    message = _lazy("The enrolment has to close after it opens.")
    field = "ends_at"


class ReasonRequired(InvalidInput):
    """A certificate is not taken back without a reason that can be shown."""

    code = "reason_required"
    message = _lazy("Give a reason of at most 300 characters; it is shown to whoever verifies the certificate.")
    field = "reason"


class NameRequired(InvalidInput):
    """A certificate bears a name."""

    code = "name_required"
    message = _lazy("A certificate needs a name of at most 120 characters.")
    field = "learner_name"


class CertificateIsReplaced(Conflict):
    """Another certificate stands in its place already."""

    code = "certificate_replaced"
    message = _lazy("Another certificate has taken the place of this one.")


class ProviderUnavailable(Conflict):
    """No such way to pay, or none that this school has set up."""

    code = "provider_unavailable"
    message = _lazy("This way to pay is not available here. Choose another one.")
    field = "provider"


class InvalidPhone(InvalidInput):
    """No phone number that a wallet could be on."""

    code = "invalid_phone"
    message = _lazy("Write the number of the mobile phone that the wallet is on.")
    field = "phone"


class NotOnSale(Conflict):
    """Nothing of the kind can be bought: no offer, taken off sale, without a price, or what it gave is gone."""

    code = "not_on_sale"
    message = _lazy("This is not for sale at present.")


class CurrencyNotSold(Conflict):
    """The offer has no price in this currency, and none that could be converted into it."""

    code = "currency_not_sold"
    message = _lazy("This is not sold in this currency. Choose another currency, or remove it.")
    field = "currency"


class InvalidCurrency(InvalidInput):
    """No ISO 4217 code that the school knows."""

    code = "invalid_currency"
    message = _lazy("Give a currency by its code of three letters, like XAF.")
    field = "currency"


class InvalidCountry(InvalidInput):
    """No ISO 3166 code."""

    code = "invalid_country"
    message = _lazy("Give a country by its code of two letters, like CM.")
    field = "country"


class InvalidBilling(InvalidInput):
    """An invoice address with unknown fields, or with texts that are too long."""

    code = "invalid_billing"
    message = _lazy("The invoice address has a field that is too long or unknown.")
    field = "billing"


class ChosenAmountRefused(InvalidInput):
    """Less than the least amount of an offer whose price buyers choose, or more than anybody means."""

    code = "chosen_amount"
    message = _lazy("Choose an amount that is at least the least one.")
    field = "chosen"


class CartNotFound(NotFound):
    """No such cart, or somebody else's."""

    code = "cart_not_found"
    message = _lazy("There is no such cart.")


class CartItemNotFound(NotFound):
    """It is not in the cart, or not any more."""

    code = "cart_item_not_found"
    message = _lazy("This is not in your cart.")


class CartEmpty(Conflict):
    """Nothing to order."""

    code = "cart_empty"
    message = _lazy("Your cart is empty.")


class CartFull(Conflict):
    """More items than a cart holds."""

    code = "cart_full"
    message = _lazy("Your cart is full. Order what is in it first, or remove something.")


class SoldOut(Conflict):
    """An offer is sold so many times and no more, and all places are taken."""

    code = "sold_out"
    message = _lazy("All places are taken. One becomes free when somebody’s order is not paid or is given back.")
    field = "offer"


class AlreadyOwned(Conflict):
    """The buyer is enrolled in all that this offer gives."""

    code = "already_owned"
    message = _lazy("You have this already. You can buy it as a gift for somebody else.")


class AlreadyOrdered(Conflict):
    """An order for the same waits for its payment."""

    code = "already_ordered"
    message = _lazy("You have ordered this already and not paid yet. Pay that order, or cancel it first.")


class GiftToOneself(InvalidInput):
    """The recipient is the buyer."""

    code = "gift_to_oneself"
    message = _lazy("This is your own address. To buy for yourself, leave the recipient empty.")
    field = "recipient_email"


class GiftRefused(InvalidInput):
    """Not an address, a message that is too long, or something that can't be given."""

    code = "gift_refused"
    message = _lazy("Give the e-mail address of who gets the gift, and a message of at most 500 characters.")
    field = "recipient_email"


class GiftNotFound(NotFound):
    """The link is wrong, or the order behind it was not paid or was given back."""

    code = "gift_not_found"
    message = _lazy("This gift link does not work. Ask who sent it to send it again.")


class GiftTaken(Conflict):
    """Somebody else took it."""

    code = "gift_taken"
    message = _lazy("Somebody has taken this gift already.")


class GiftOwned(Conflict):
    """Whoever follows the link is enrolled in all of it."""

    code = "gift_owned"
    message = _lazy("You have what this gift gives already, so it was not used up. You can pass the link on.")


class PricesChanged(Conflict):
    """The total is another one than the buyer was shown."""

    code = "prices_changed"
    message = _lazy("A price, a discount or a tax has changed since you opened this page. Look at the new total.")


class CouponUnknown(NotFound):
    """No such code."""

    code = "coupon_unknown"
    message = _lazy("There is no coupon with this code. Check how it is written.")
    field = "code"


class CouponRefused(Conflict):
    """A coupon that does not fit; ``code`` says why (``commerce.coupons``)."""

    code = "coupon_refused"
    message = _lazy("This coupon can't be used here.")
    field = "code"


class TooManyTries(Conflict):
    """Too many codes that don't exist."""

    code = "too_many_tries"
    message = _lazy("Too many codes that do not exist. Wait an hour, then try again.")
    field = "code"


class OrderNotOpen(Conflict):
    """It is paid or cancelled already."""

    code = "order_not_open"
    message = _lazy("This order is paid or cancelled already.")


class PaymentUnderWay(Conflict):
    """Money may still come."""

    code = "payment_under_way"
    message = _lazy("A payment for this order is under way. Wait until it has ended, or cancel the payment first.")


class InvalidOffer(InvalidInput):
    """An offer, discount or plan that can't be stored."""

    code = "invalid_offer"
    message = _lazy("This offer is not complete.")


class InvalidCoupon(InvalidInput):
    """A coupon that can't be stored."""

    code = "invalid_coupon"
    message = _lazy("This coupon is not complete.")


class InvalidTaxRate(InvalidInput):
    """A tax rate or rounding rule that can't be stored."""

    code = "invalid_tax_rate"
    message = _lazy("This tax rate is not complete.")


class AttemptInProgress(Conflict):
    """Money may still come from a try to pay that is open; the message says what to do.

    Attributes:
        attempt_key: public id of that try, for a link to it.
    """

    attempt_key: UUID | None = None
    code = "attempt_in_progress"
    message = _lazy("A payment for this order has been started already. Finish it, or cancel it first.")


class AttemptNotFound(NotFound):
    """No such try to pay, or none of this person's."""

    code = "attempt_not_found"
    message = _lazy("There is no such payment.")


class AttemptSettled(Conflict):
    """The try to pay is in a state that this does not start from."""

    code = "attempt_state"
    message = _lazy("This payment is in a state that does not allow this.")


class AttemptsUsedUp(Conflict):
    """So many tries in an hour that somebody's phone would not stand still."""

    code = "attempts_used_up"
    message = _lazy("There have been too many tries to pay. Wait an hour, then try again.")


class OrderExpired(Conflict):
    """Nobody paid it in time."""

    code = "order_expired"
    message = _lazy("The time to pay this order is over. Order again.")


class PaymentProviderTrouble(Conflict):
    """The provider gave no answer, so nothing was changed."""

    code = "provider_trouble"
    message = _lazy("The payment service does not answer. Nothing was changed; try again in a few minutes.")


class StatementKnown(Conflict):
    """The same file was imported before."""

    code = "statement_known"
    message = _lazy("This file is here already, so nothing was added. Upload the next statement.")
    field = "file"


class StatementUnreadable(InvalidInput):
    """A file that is no statement, or has a mistake; none of it was taken."""

    code = "statement_unreadable"
    message = _lazy("This file can't be read as a bank statement. Upload CAMT.053 (XML), or a CSV file of our bank.")
    field = "file"


class LineSettled(Conflict):
    """A line of a statement that was matched or left aside already, or whose match can't be undone any more."""

    code = "line_settled"
    message = _lazy("This line has been dealt with already.")


class LineFitsNothing(InvalidInput):
    """A line can't pay that attempt."""

    code = "line_fits_nothing"
    message = _lazy("Choose a payment by bank transfer.")
    field = "attempt"


class ExplanationRequired(InvalidInput):
    """A difference is not put away without a word."""

    code = "explanation_required"
    message = _lazy("Say in at most 300 characters why.")
    field = "explanation"


class DiscrepancyResolved(Conflict):
    """Somebody has explained the difference already."""

    code = "discrepancy_resolved"
    message = _lazy("This difference has been explained already.")


class ExportUnreadable(InvalidInput):
    """A provider's list in a file that can't be read; nothing was compared."""

    code = "export_unreadable"
    message = _lazy("This file can't be read. Upload CSV with the columns that are listed here.")
    field = "file"


class SubscriptionNotFound(NotFound):
    """No such subscription, or none of this person's."""

    code = "subscription_not_found"
    message = _lazy("There is no such subscription.")


class SubscriptionStateRefused(Conflict):
    """The subscription is in a state that this does not start from."""

    code = "subscription_state"
    message = _lazy("The subscription is in a state that does not allow this.")


class AlreadySubscribed(Conflict):
    """There is an open subscription to the plan, and one is enough."""

    code = "already_subscribed"
    message = _lazy("You have a subscription to this plan already.")


class SamePlan(Conflict):
    """A change to what is there already."""

    code = "same_plan"
    message = _lazy("This is your plan already.")
    field = "plan"


class BilledByCard(Conflict):
    """The provider of cards asks for the money by itself, so this is done there."""

    code = "billed_by_card"
    message = _lazy("This subscription is paid by card. Change the card on the page for cards.")


class NotBilledByCard(Conflict):
    """There is no card to change."""

    code = "not_billed_by_card"
    message = _lazy("This subscription is not paid by card.")


class NotRefundable(Conflict):
    """Nothing can be given back of this order, or not so much. The code says why."""

    code = "not_refundable"
    message = _lazy("This order can't be refunded.")


class RefundAmountRefused(InvalidInput):
    """An amount that can't be given back."""

    code = "refund_amount"
    message = _lazy("Give an amount of more than nothing, and of no more than can still be given back.")
    field = "amount"


class RefundNotOpen(Conflict):
    """The refund is in a state that this does not start from."""

    code = "refund_state"
    message = _lazy("The refund is in a state that does not allow this.")


class ReceiptRequired(InvalidInput):
    """Money that moved outside the house needs a receipt that others find it by."""

    code = "receipt_required"
    message = _lazy("Give the number of the transfer or receipt, of at most 255 characters.")
    field = "receipt"


class SharesRefused(InvalidInput):
    """Shares that can't be entered."""

    code = "shares"
    message = _lazy("Name each author once, with a whole number from 1 to 1,000,000 as their weight.")
    field = "shares"


class TermsRefused(InvalidInput):
    """A platform's part that is none."""

    code = "terms"
    message = _lazy("The school's part is a number from 0 to 100, with at most two digits after the point.")
    field = "platform_percent"


class ReferralCodeRefused(InvalidInput):
    """A code that can't be a referral code, or is somebody's already."""

    code = "referral_code"
    message = _lazy("A code has 4 to 32 letters and digits, and nobody else uses it.")
    field = "code"


class InvalidPayoutAccount(InvalidInput):
    """An account that no payout can be sent to; ``field`` says what is wrong."""

    code = "payout_account"
    message = _lazy("No payout can be sent there.")


class PayoutNotOpen(Conflict):
    """The payout, or its run, is in a state that this does not start from."""

    code = "payout_state"
    message = _lazy("The payout is in a state that does not allow this.")


class NothingToPayOut(Conflict):
    """Nobody has earned enough, or all who have wait for a payout already."""

    code = "nothing_to_pay_out"
    message = _lazy("There is nothing to pay out in this currency.")


class FourEyesNeeded(NotAllowed):
    """Who puts a payout run together does not approve it."""

    code = "four_eyes"
    message = _lazy("Somebody else has to approve what you put together.")


class FulfilmentFailed(Conflict):
    """What was paid could not be given."""

    code = "fulfilment_failed"
    message = _lazy("Not everything could be given. The reason stands beside the order; we go on trying.")


class SubscribeInstead(Conflict):
    """Plans are not put into carts: a subscription has an order of its own."""

    code = "subscribe_instead"
    message = _lazy("A subscription is not bought with other things. Choose the plan and subscribe to it.")


class ProofRefused(InvalidInput):
    """A file that is no proof of a transfer: too large, of another kind, damaged, or one too many."""

    code = "proof_refused"
    message = _lazy("Choose a JPEG, PNG or WebP picture or a PDF of at most 5 MB; five at most.")
    field = "file"


class EventNotFailed(Conflict):
    """A provider's message that is done, or is being processed."""

    code = "event_not_failed"
    message = _lazy("Only messages that failed can be processed again.")


class ChargebackDecided(Conflict):
    """A dispute that the bank has decided already."""

    code = "chargeback_decided"
    message = _lazy("The bank has decided about this already.")
