"""Prices of courses stand with their offers now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commerce", "0009_course_prices_become_offers")]

    operations = [migrations.DeleteModel(name="CoursePrice")]
