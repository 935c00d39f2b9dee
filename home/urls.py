"""Addresses of the website beside those of Wagtail's pages. ``localized`` stands below ``/en/``, ``/fr/`` …"""

from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.cache import cache_page

from home.sitemaps import PublicPages
from home.views import (
    attempt,
    bundle,
    cart,
    catalogue,
    certificate,
    checkout,
    dashboard,
    earnings,
    gifts,
    instructor,
    notifications,
    orders,
    payments,
    profile,
    refunds,
    site,
    subscriptions,
    wishlist,
)

urlpatterns = [
    path("", site.root, name="root"),
    path("preferences/", site.preferences, name="preferences"),
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", cache_page(3600)(sitemap), {"sitemaps": {"pages": PublicPages}}, name="sitemap"),
    path("certificates/", certificate.find_certificate, name="certificate_search"),
    path("certificates/<str:number>/", certificate.show_certificate, name="certificate"),
]

_localized = [
    path("catalogue/suggestions/", catalogue.suggest, name="suggestions"),
    path("dashboard/", dashboard.show_dashboard, name="dashboard"),
    path("profile/", profile.edit_profile, name="profile"),
    path("notices/", notifications.show_notifications, name="notifications"),
    path("notices/choices/", notifications.edit_preferences, name="notification_preferences"),
    path("unsubscribe/<str:token>/", notifications.leave, name="unsubscribe"),
    path("cart/", cart.show_cart, name="cart"),
    path("checkout/", checkout.check_out, name="checkout"),
    path("orders/", orders.show_orders, name="orders"),
    path("orders/<uuid:public_id>/", orders.show_order, name="order"),
    path("orders/<uuid:public_id>/state/", orders.order_state, name="order_state"),
    path("orders/<uuid:public_id>/pay/", payments.pay, name="pay_order"),
    path("orders/<uuid:public_id>/wait/<uuid:attempt_id>/", payments.wait_for_payment, name="wait_for_payment"),
    path("orders/<uuid:public_id>/wait/<uuid:attempt_id>/state/", payments.payment_state, name="payment_state"),
    path("orders/<uuid:public_id>/return/<uuid:attempt_id>/", payments.come_back, name="payment_return"),
    path("orders/<uuid:public_id>/receipt/", orders.show_receipt, name="receipt"),
    path("orders/<uuid:public_id>/refund/", refunds.ask_back, name="refund"),
    path("subscriptions/", subscriptions.show_subscriptions, name="subscriptions"),
    path("subscriptions/<uuid:public_id>/", subscriptions.show_subscription, name="subscription"),
    path("earnings/", earnings.show_earnings, name="earnings"),
    path("earnings/table.csv", earnings.download_earnings, name="earnings_csv"),
    path("gifts/<str:token>/", gifts.open_gift, name="gift"),
    path("wishlist/", wishlist.show_wishlist, name="wishlist"),
    path("bundles/<uuid:key>/", bundle.show_bundle, name="bundle"),
    path("instructors/<uuid:public_id>/", instructor.show_instructor, name="instructor"),
    path("quiz/attempts/<uuid:public_id>/", attempt.show_attempt, name="attempt"),
    path("quiz/attempts/<uuid:public_id>/answers/", attempt.save, name="save_answer"),
]
localized = [path("", include((_localized, "home")))]
