"""Let somebody write a course."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max

from core import audit
from core.outbox import publish
from courses import policies
from courses.errors import NoInstructor, NotYourCourse, UnknownPerson
from courses.events import CourseMemberAdded
from courses.models import CourseMember, CoursePage


@transaction.atomic
def add_member(
    *, actor: Any, course: CoursePage, email: str, role: str = CourseMember.Role.CO_AUTHOR, is_listed: bool = True
) -> CourseMember:
    """Name the person with this e-mail address as author of ``course``, in all its languages.

    Adding somebody again changes their role and whether they are named.

    Raises:
        NotYourCourse: the actor neither owns it nor administers the school.
        UnknownPerson: nobody has this address.
        NoInstructor: the person may not open the editor.
    """
    if not policies.can_manage_members(actor, course.translation_key):
        raise NotYourCourse
    people = get_user_model()
    person = people._default_manager.filter(email=people.objects.normalize_email(email), is_active=True).first()
    if person is None:
        raise UnknownPerson
    if not person.has_perm("wagtailadmin.access_admin"):
        raise NoInstructor
    members = CourseMember.objects.filter(course_key=course.translation_key)
    last = members.aggregate(last=Max("sort_order"))["last"]
    member, is_new = CourseMember.objects.get_or_create(
        course_key=course.translation_key,
        user=person,
        defaults={
            "role": CourseMember.Role(role),
            "is_listed": is_listed,
            "sort_order": 0 if last is None else last + 1,
        },
    )
    if not is_new:
        _change(member, CourseMember.Role(role), is_listed)
    audit.record(
        actor=actor,
        verb="courses.member_added" if is_new else "courses.member_changed",
        target=course,
        facts={"person": str(person.public_id), "role": member.role, "is_listed": member.is_listed},
    )
    if is_new:
        publish(
            CourseMemberAdded(course_key=course.translation_key, person_key=person.public_id, role=str(member.role))
        )
    return member


def _change(member: CourseMember, role: CourseMember.Role, is_listed: bool) -> None:
    from courses.actions.remove_member import require_another_owner

    if member.role == CourseMember.Role.OWNER and role != CourseMember.Role.OWNER:
        require_another_owner(member)
    member.role, member.is_listed = role, is_listed
    member.save(update_fields=["role", "is_listed"])
