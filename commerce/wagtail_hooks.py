"""What the room adds to the Wagtail admin."""

from django.http import HttpRequest
from django.urls import URLResolver, include, path
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem
from wagtail_modeladmin.options import modeladmin_register

from commerce.back_office import money, shop
from commerce.back_office.lists import CommerceGroup, urlpatterns
from commerce.back_office.media import admin_css
from commerce.back_office.money import MoneyGroup
from commerce.back_office.queue import WaitingSummary
from commerce.back_office.report import menu_item
from commerce.back_office.shop import ShopGroup

modeladmin_register(CommerceGroup)
modeladmin_register(ShopGroup)
modeladmin_register(MoneyGroup)


@hooks.register("register_admin_urls")
def register_money_pages() -> list[URLResolver]:
    patterns = [*urlpatterns(), *money.urlpatterns(), *shop.urlpatterns()]
    return [
        path("commerce-actions/", include((patterns, "commerce_back_office"))),
        path("money/", include((money.pages(), "commerce_money"))),
    ]


@hooks.register("register_icons")
def register_money_icon(icons: list[str]) -> list[str]:
    return [*icons, "commerce/icons/money.svg"]


@hooks.register("insert_global_admin_css")
def insert_money_styles() -> SafeString:
    return admin_css()


@hooks.register("register_reports_menu_item")
def register_payments_report() -> MenuItem:
    return menu_item()


# After those who leave counts out: this is work, not a count.
@hooks.register("construct_homepage_summary_items", order=100)
def say_what_waits(request: HttpRequest, items: list[SummaryItem]) -> None:
    """How much of what has to do with money waits for a person."""
    items.append(WaitingSummary(request))
