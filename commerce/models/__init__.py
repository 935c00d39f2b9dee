"""Enrolments, prices, exchange rates, orders, certificates."""

from commerce.models.certificate import Certificate
from commerce.models.enrollment import Enrollment
from commerce.models.exchange_rate import ExchangeRate
from commerce.models.order import Order, OrderLine
from commerce.models.price import CoursePrice

__all__ = ["Certificate", "CoursePrice", "Enrollment", "ExchangeRate", "Order", "OrderLine"]
