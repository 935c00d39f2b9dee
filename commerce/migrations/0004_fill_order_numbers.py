"""Every order and line that was there before gets a number of its own."""

import uuid
from typing import Any

from django.db import migrations

from commerce.models.order import new_order_number


def fill(apps: Any, schema_editor: Any) -> None:
    """Adding a column gave all rows the same value."""
    order_model, line_model = apps.get_model("commerce", "Order"), apps.get_model("commerce", "OrderLine")
    for pk in order_model.objects.values_list("pk", flat=True).iterator():
        order_model.objects.filter(pk=pk).update(number=new_order_number())
    for pk in line_model.objects.values_list("pk", flat=True).iterator():
        line_model.objects.filter(pk=pk).update(public_id=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("commerce", "0003_order_numbers")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
