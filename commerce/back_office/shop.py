"""The menu of what is sold: offers, prices, discounts, coupons, taxes, rounding."""

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _lazy
from wagtail_modeladmin.options import ModelAdminGroup

from commerce.back_office import coupons, offers, taxes

__all__ = ["ShopGroup", "urlpatterns"]


class ShopGroup(ModelAdminGroup):
    """What is sold, and for how much."""

    menu_label = _lazy("Prices")
    menu_item_name = "shop"
    menu_icon = "tag"
    menu_order = 155
    items = (
        offers.OfferAdmin,
        offers.OfferPriceAdmin,
        offers.DiscountAdmin,
        coupons.CouponAdmin,
        taxes.TaxAdmin,
        taxes.RoundingAdmin,
    )


def urlpatterns() -> list[URLPattern]:
    """Addresses of the pages that act."""
    return [*offers.urlpatterns(), *coupons.urlpatterns(), *taxes.urlpatterns()]
