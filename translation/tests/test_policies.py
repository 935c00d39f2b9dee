"""Who may translate: one row for each kind of person."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from accounts.models import User
from commerce.tests.factories import make_user
from core.models import AuditEntry
from courses.models import CourseMember, CoursePage
from courses.tests.factories import make_course
from translation import policies
from translation.actions import (
    export_po,
    import_po,
    save_string,
    send_to_review,
    submit_course_for_translation,
    translate_by_machine,
)
from translation.errors import NotATranslator
from translation.queries import page_strings
from translation.tests.factories import submitted_course, target

pytestmark = pytest.mark.django_db

#: person → may translate the course, may translate something, may review it.
TABLE = {
    "anonymous": (False, False, False),
    "learner": (False, False, False),
    "other author": (False, True, False),
    "author": (True, True, False),
    "inactive translator": (False, False, False),
    "translator": (True, True, False),
    "reviewer": (False, False, True),
    "support": (False, False, False),
    "administrator": (True, True, True),
}


def person(name: str, course: CoursePage) -> Any:
    if name == "anonymous":
        return AnonymousUser()
    user = make_user(is_active=not name.startswith("inactive"))
    role = name.removeprefix("inactive ")
    if role in ("translator", "reviewer", "support", "administrator"):
        user.groups.add(Group.objects.get(name=role))
    if name == "author":
        CourseMember.objects.create(course_key=course.translation_key, user=user, role="co_author")
    if name == "other author":
        CourseMember.objects.create(course_key=make_course().translation_key, user=user, role="owner")
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("name", TABLE)
def test_rights_by_person(name: str) -> None:
    course = submitted_course()
    user = person(name, course)
    may, may_something, reviews = TABLE[name]
    assert policies.can_translate(user, course.translation_key) is may
    assert policies.can_translate(user) is may_something
    assert policies.can_review(user, target(course)) is reviews
    listed = policies.courses_translatable_by(user).filter(translation_key=course.translation_key)
    assert listed.exists() is may, "a list shows exactly what may be done"
    assert policies.can_translate_page(user, None) is (name in ("translator", "administrator"))


@pytest.mark.parametrize("name", [name for name, rights in TABLE.items() if not rights[0]])
def test_every_action_refuses_and_leaves_no_trace(name: str) -> None:
    course = submitted_course()
    user = person(name, course)
    key = course.translation_key
    row = page_strings(key, "fr").rows[0]
    trail = AuditEntry.objects.count()
    calls = (
        lambda: submit_course_for_translation(actor=user, course_key=key, languages=["fr"]),
        lambda: save_string(actor=user, page_key=key, language="fr", segment_id=row.segment_id, text="x"),
        lambda: export_po(actor=user, language="fr", course_key=key),
        lambda: import_po(actor=user, data=b"", language="fr", page_key=key),
        lambda: translate_by_machine(actor=user, language="fr", page_key=key),
        lambda: send_to_review(actor=user, course_key=key, language="fr", confirm_below_threshold=True),
    )
    for call in calls:
        with pytest.raises(NotATranslator):
            call()
    assert AuditEntry.objects.count() == trail
    assert page_strings(key, "fr").translated == 0
