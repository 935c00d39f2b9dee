"""What a course costs becomes an offer of that course with a price in each currency."""

import uuid
from typing import Any

from django.db import migrations

BATCH = 500


def move(apps: Any, schema_editor: Any) -> None:
    """One offer for each course that has prices; its title is the page's, or the key's where the page is gone."""
    price_model, page_model = apps.get_model("commerce", "CoursePrice"), apps.get_model("wagtailcore", "Page")
    offer_model, offer_price = apps.get_model("commerce", "Offer"), apps.get_model("commerce", "OfferPrice")
    keys = list(price_model.objects.order_by("course_key").values_list("course_key", flat=True).distinct())
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        pages = page_model.objects.filter(translation_key__in=some).order_by("-pk")
        titles = dict(pages.values_list("translation_key", "title"))
        for key in some:
            offer, _created = offer_model.objects.get_or_create(
                kind="course", key=key, defaults={"title": titles.get(key, str(key))[:255], "public_id": uuid.uuid4()}
            )
            for price in price_model.objects.filter(course_key=key):
                offer_price.objects.get_or_create(
                    offer=offer, country="", currency=price.currency, defaults={"amount_minor": price.amount_minor}
                )


def move_back(apps: Any, schema_editor: Any) -> None:
    """What the former table can hold: prices of courses that are the same everywhere."""
    price_model, offer_price = apps.get_model("commerce", "CoursePrice"), apps.get_model("commerce", "OfferPrice")
    for price in offer_price.objects.filter(offer__kind="course", country="").select_related("offer").iterator():
        price_model.objects.get_or_create(
            course_key=price.offer.key, currency=price.currency, defaults={"amount_minor": price.amount_minor}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0008_ledger_guards"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [migrations.RunPython(move, move_back)]
