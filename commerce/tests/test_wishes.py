"""Wishes: courses and paths for later."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from commerce.actions import add_wish as module
from commerce.actions.add_wish import add_wish
from commerce.actions.remove_wish import remove_wish
from commerce.models import WishlistItem
from commerce.queries import wishes_of
from commerce.tests.factories import make_user
from core.errors import DomainError
from courses.tests.factories import make_course, make_path

pytestmark = pytest.mark.django_db


def test_courses_and_paths_are_wished_for_once_and_forgotten():
    person, course = make_user(), make_course()
    path = make_path([course])
    first = add_wish(actor=person, kind="course", key=course.translation_key)
    second = add_wish(actor=person, kind="path", key=path.translation_key)
    assert add_wish(actor=person, kind="course", key=course.translation_key) == first
    assert list(wishes_of(person)) == [second, first]
    assert list(wishes_of(make_user())) == list(wishes_of(AnonymousUser())) == []
    remove_wish(actor=make_user(), kind="course", key=course.translation_key)
    remove_wish(actor=person, kind="course", key=course.translation_key)
    remove_wish(actor=person, kind="course", key=course.translation_key)
    assert list(wishes_of(person)) == [second]


def test_what_is_not_there_and_who_is_nobody_are_refused():
    draft, course = make_course(live=False), make_course()
    for kind, key in (
        ("course", draft.translation_key),
        ("course", uuid.uuid4()),
        ("path", course.translation_key),
        ("plan", course.translation_key),
    ):
        with pytest.raises(DomainError) as refused:
            add_wish(actor=make_user(), kind=kind, key=key)
        assert refused.value.code == "course_not_found"
    for act in (add_wish, remove_wish):
        with pytest.raises(DomainError) as refused:
            act(actor=AnonymousUser(), kind="course", key=course.translation_key)
        assert refused.value.code == "authentication_required"
    assert not WishlistItem.objects.exists()


def test_the_oldest_wish_goes_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(module, "MAX_WISHES", 2)
    person = make_user()
    keys = [make_course().translation_key for _ in range(3)]
    for key in keys:
        add_wish(actor=person, kind="course", key=key)
    assert [wish.key for wish in wishes_of(person)] == keys[:0:-1]
