"""Order lines sell more than courses from now on; orders and lines get names that can be told to people."""

import uuid

from django.db import migrations, models

import commerce.models.order


class Migration(migrations.Migration):
    dependencies = [("commerce", "0002_exchange_rates")]

    operations = [
        migrations.RemoveConstraint(model_name="orderline", name="commerce_line_once"),
        migrations.RenameField(model_name="orderline", old_name="course_key", new_name="key"),
        migrations.AddField(
            model_name="order",
            name="number",
            field=models.CharField(
                default=commerce.models.order.new_order_number, editable=False, max_length=12, null=True
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
    ]
