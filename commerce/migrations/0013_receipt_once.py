"""A receipt is of one try to pay alone, by constraint, as the settlement sees to it since it was written."""

from typing import Any

from django.db import migrations, models
from django.db.models import Count, Q


def free(apps: Any, schema_editor: Any) -> None:
    """Leave a receipt that two tries have to the one that was paid first; the other keeps it in its data and timeline.

    Only two settlements at the same moment could have stored one twice. Which of them the money was for, people find
    out: the books have both.
    """
    attempt_model, move_model = apps.get_model("commerce", "PaymentAttempt"), apps.get_model("commerce", "AttemptMove")
    attempts = attempt_model.objects.exclude(receipt="").order_by()
    twice = attempts.values("provider", "receipt").annotate(count=Count("pk")).filter(count__gt=1)
    for found in list(twice.values_list("provider", "receipt")):
        rows = list(attempt_model.objects.filter(provider=found[0], receipt=found[1]).order_by("pk"))
        rows.sort(key=lambda row: (row.succeeded_at is None, row.succeeded_at or row.created_at, row.pk))
        for row in rows[1:]:
            row.data = {**row.data, "receipt_taken": row.receipt}
            row.receipt = ""
            row.save(update_fields=["data", "receipt"])
            move_model.objects.create(
                attempt=row, before=row.state, after=row.state, trigger="alarm", note=f"receipt_taken {found[1]}"[:200]
            )
    if schema_editor.connection.vendor == "postgresql":
        # What these rows refer to is checked now: the index can't be made while checks are waiting.
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("commerce", "0012_payments_by_success"),
    ]

    operations = [
        migrations.RunPython(free, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="paymentattempt",
            constraint=models.UniqueConstraint(
                condition=Q(("receipt", ""), _negated=True),
                fields=("provider", "receipt"),
                name="commerce_attempt_receipt_once",
            ),
        ),
        # The constraint's own index finds receipts.
        migrations.RemoveIndex(model_name="paymentattempt", name="commerce_attempt_receipt"),
    ]
