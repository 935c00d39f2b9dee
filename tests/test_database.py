"""The test database itself: what a committing test leaves behind, and what it doesn't take away."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Locale, Page, Site


def what_migrations_made() -> tuple[set[str], set[str], int, int]:
    """Rows that only migrations make."""
    return (
        set(Group.objects.values_list("name", flat=True)),
        set(Locale.objects.values_list("language_code", flat=True)),
        Page.objects.count(),
        Site.objects.count(),
    )


@pytest.mark.django_db(transaction=True)
class TestCommittingTests:
    """Each pair of tests commits and looks; whichever runs second shows that the first one was undone."""

    @pytest.mark.parametrize("attempt", [1, 2])
    def test_sees_what_migrations_made_and_nothing_else(self, attempt: int) -> None:
        groups, locales, pages, sites = what_migrations_made()
        assert "left over" not in groups
        assert locales >= {"en"}
        assert groups >= {"Editors", "Moderators"}
        assert pages >= 1
        assert sites == 1
        Group.objects.create(name="left over")
        Group.objects.exclude(name="left over").delete()

    @pytest.mark.parametrize("attempt", [1, 2])
    def test_new_rows_get_new_numbers(self, attempt: int) -> None:
        Group.objects.create(name=f"another {attempt}")
        assert Group.objects.filter(name__startswith="another").count() == 1

    @pytest.mark.parametrize("attempt", [1, 2])
    def test_a_row_that_was_only_changed_is_put_back(self, attempt: int) -> None:
        assert Site.objects.get().hostname == "localhost"
        Site.objects.update(hostname="school.example.com")
