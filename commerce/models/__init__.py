"""Enrolments and certificates; offers, carts, orders, payments, refunds, subscriptions, the books and payouts."""

from commerce.models.cart import Cart, CartItem, WishlistItem
from commerce.models.certificate import Certificate
from commerce.models.coupon import Coupon, CouponTarget, CouponUse
from commerce.models.earnings import CourseShare, CourseTerms, ReferralLink
from commerce.models.enrollment import Enrollment
from commerce.models.exchange_rate import ExchangeRate
from commerce.models.invoice import Invoice, NumberSeries
from commerce.models.ledger import LedgerEntry, LedgerTransaction
from commerce.models.offer import BundleItem, Offer, OfferDiscount, OfferPrice, Plan, RoundingRule, TaxRate
from commerce.models.order import Fulfilment, Order, OrderLine, OrderLineCourse
from commerce.models.payment import (
    AttemptMove,
    Payment,
    PaymentAttempt,
    ProviderEventRecord,
    ProviderExchange,
    TransferProof,
)
from commerce.models.payout import Payout, PayoutAccount, PayoutRun
from commerce.models.reconciliation import Discrepancy, ReconciliationRun, StatementImport, StatementLine
from commerce.models.refund import Chargeback, Refund
from commerce.models.subscription import Entitlement, Subscription, SubscriptionPeriod

__all__ = [
    "AttemptMove",
    "BundleItem",
    "Cart",
    "CartItem",
    "Certificate",
    "Chargeback",
    "Coupon",
    "CouponTarget",
    "CouponUse",
    "CourseShare",
    "CourseTerms",
    "Discrepancy",
    "Enrollment",
    "Entitlement",
    "ExchangeRate",
    "Fulfilment",
    "Invoice",
    "LedgerEntry",
    "LedgerTransaction",
    "NumberSeries",
    "Offer",
    "OfferDiscount",
    "OfferPrice",
    "Order",
    "OrderLine",
    "OrderLineCourse",
    "Payment",
    "PaymentAttempt",
    "Payout",
    "PayoutAccount",
    "PayoutRun",
    "Plan",
    "ProviderEventRecord",
    "ProviderExchange",
    "ReconciliationRun",
    "ReferralLink",
    "Refund",
    "RoundingRule",
    "StatementImport",
    "StatementLine",
    "Subscription",
    "SubscriptionPeriod",
    "TaxRate",
    "TransferProof",
    "WishlistItem",
]
