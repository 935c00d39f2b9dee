from django.db import migrations, models

import accounts.validators


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_languages_by_setting")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="currency",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Empty: as in your country.",
                max_length=3,
                validators=[accounts.validators.validate_currency],
                verbose_name="currency of prices",
            ),
            preserve_default=False,
        ),
    ]
