"""Who uploads videos, and whose videos one sees: one answer for single videos and for lists."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from accounts.tests.factories import make_person, make_superuser
from courses.roles import grant_role_permissions
from videos.models import Video
from videos.policies import can_change, can_delete, can_upload, videos_visible_to

pytestmark = pytest.mark.django_db


ROLES = {
    "learner": None,
    "former": None,
    "instructor": "instructor",
    "other": "instructor",
    "inactive": "instructor",
    "translator": "translator",
    "reviewer": "reviewer",
    "administrator": "administrator",
}


@pytest.fixture
def people() -> dict[str, Any]:
    grant_role_permissions()
    found = {name: make_person(roles=(role,) if role else ()) for name, role in ROLES.items()}
    found["inactive"].is_active = False
    found["inactive"].save()
    return {**found, "superuser": make_superuser(), "anonymous": AnonymousUser()}


@pytest.fixture
def videos(people: dict[str, Any]) -> dict[str, Video]:
    return {name: Video.objects.create(title=name, uploaded_by=people[name]) for name in ("instructor", "other")} | {
        "former": Video.objects.create(title="former", uploaded_by=people["former"]),
        "inactive": Video.objects.create(title="inactive", uploaded_by=people["inactive"]),
        "nobody": Video.objects.create(title="nobody"),
    }


def test_instructors_and_administrators_upload(people: dict[str, Any]) -> None:
    allowed = [name for name, user in people.items() if can_upload(user)]
    assert allowed == ["instructor", "other", "administrator", "superuser"]


def test_uploaders_look_after_their_own_and_administrators_after_all(
    people: dict[str, Any], videos: dict[str, Video]
) -> None:
    everything = set(videos)
    expected = {"instructor": {"instructor"}, "other": {"other"}, "superuser": everything, "administrator": everything}
    for name, user in people.items():
        mine = {key for key, video in videos.items() if can_change(user, video)}
        assert mine == expected.get(name, set()), name
        assert {key for key, video in videos.items() if can_delete(user, video)} == mine, name


def test_lists_show_what_may_be_changed_newest_first(people: dict[str, Any], videos: dict[str, Video]) -> None:
    for name, user in people.items():
        listed = list(videos_visible_to(user))
        assert set(listed) == {video for video in videos.values() if can_change(user, video)}, name
        assert [video.created_at for video in listed] == sorted((video.created_at for video in listed), reverse=True)


def test_whose_uploader_was_deleted_is_not_everybodys(people: dict[str, Any], videos: dict[str, Video]) -> None:
    assert not can_change(people["anonymous"], videos["nobody"])
    assert not can_change(people["instructor"], videos["nobody"])


def granted() -> dict[str, list[str]]:
    """Permissions by role."""
    return {group.name: sorted(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}


def test_roles_are_granted_again_without_doubling(people: dict[str, Any]) -> None:
    before = granted()
    grant_role_permissions()
    assert granted() == before
    assert "add_video" in before["instructor"]
    assert {"add_video", "change_video", "delete_video"} <= set(before["administrator"])
    assert "change_video" not in before["instructor"]
