from django.db import migrations, models

import accounts.choices


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                choices=accounts.choices.configured_languages,
                help_text="Empty: as the browser asks.",
                max_length=12,
                verbose_name="language of the interface",
            ),
        ),
    ]
