"""End somebody's right to write a course."""

from typing import Any

from django.db import transaction

from core import audit
from core.outbox import publish
from courses import policies
from courses.errors import LastOwner, NotYourCourse
from courses.events import CourseMemberRemoved
from courses.models import CourseMember, CoursePage


@transaction.atomic
def remove_member(*, actor: Any, course: CoursePage, member: CourseMember) -> None:
    """Take the person off the course; it holds at once, in every language, for drafts too.

    Raises:
        NotYourCourse: the actor neither owns it nor administers the school, or the member is of another course.
        LastOwner: nobody would own it any more.
    """
    if member.course_key != course.translation_key or not policies.can_manage_members(actor, course.translation_key):
        raise NotYourCourse
    if member.role == CourseMember.Role.OWNER:
        require_another_owner(member)
    person = member.user
    member.delete()
    audit.record(actor=actor, verb="courses.member_removed", target=course, facts={"person": str(person.public_id)})
    publish(CourseMemberRemoved(course_key=course.translation_key, person_key=person.public_id))


def require_another_owner(member: CourseMember) -> None:
    """Go on only if somebody else owns the course too.

    Raises:
        LastOwner: nobody else does.
    """
    owners = CourseMember.objects.select_for_update().filter(course_key=member.course_key, role=CourseMember.Role.OWNER)
    # Evaluated whole, so that the rows are locked: two owners who leave at once can't both succeed.
    if not [owner for owner in owners if owner.pk != member.pk]:
        raise LastOwner
