"""A player's report carries what it adds to the tally, so a worker needs nothing else; then it goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="watchbatch",
            name="videos_batch_open",
        ),
        migrations.RemoveField(
            model_name="watchbatch",
            name="at",
        ),
        migrations.RemoveField(
            model_name="watchbatch",
            name="is_open",
        ),
        migrations.AddField(
            model_name="watchbatch",
            name="fresh",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="watchbatch",
            name="is_first_of_session",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="watchbatch",
            name="is_first_of_viewer",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="watchsession",
            name="numbers",
            field=models.JSONField(default=list),
        ),
    ]
