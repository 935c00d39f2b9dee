"""A time zone may be left to the device.

``UTC`` was what everybody got who had never looked at the field; it becomes empty, so that these people see the times
of where they are. Whoever did mean it finds it at the top of the list.
"""

from django.db import migrations, models

import accounts.validators


def leave_it_to_the_device(apps, schema_editor):
    apps.get_model("accounts", "User").objects.filter(time_zone="UTC").update(time_zone="")


def name_utc(apps, schema_editor):
    apps.get_model("accounts", "User").objects.filter(time_zone="").update(time_zone="UTC")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_currency")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="time_zone",
            field=models.CharField(
                blank=True,
                help_text="Empty: as your device says.",
                max_length=64,
                validators=[accounts.validators.validate_time_zone],
                verbose_name="time zone",
            ),
        ),
        migrations.RunPython(leave_it_to_the_device, name_utc),
    ]
