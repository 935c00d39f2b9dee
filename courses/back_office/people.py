"""Who writes a course: owners and administrators add and remove people here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from core.errors import DomainError, NotAllowed
from courses import policies
from courses.actions import add_member, remove_member
from courses.back_office.course_screen import CourseScreen
from courses.back_office.overview import course_or_404
from courses.models import CourseMember

__all__ = ["PeopleView", "remove"]


class MemberForm(forms.Form):
    """Somebody to add."""

    email = forms.EmailField(label=_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_lazy("Role"),
        choices=CourseMember.Role.choices,
        initial=CourseMember.Role.CO_AUTHOR,
        help_text=_lazy("Everybody here may edit the whole course; owners also decide who is here."),
    )
    is_listed = forms.BooleanField(label=_lazy("Named on the course page"), required=False, initial=True)


class PeopleView(CourseScreen, FormView):
    """The list with a form below it."""

    template_name = "courses/admin/people.html"
    form_class = MemberForm
    page_title = _lazy("People")
    header_icon = "group"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not policies.can_manage_members(request.user, self.course.translation_key):
            raise PermissionDenied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = CourseMember.objects.filter(course_key=self.course.translation_key).select_related("user")
        return {**super().get_context_data(**kwargs), "course": self.course, "members": members}

    def form_valid(self, form: MemberForm) -> HttpResponse:
        try:
            member = add_member(actor=self.request.user, course=self.course, **form.cleaned_data)
        except NotAllowed as error:
            raise PermissionDenied from error
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(person)s may edit this course now.") % {"person": member.user})
        return redirect("courses_admin:people", self.course.pk)


@require_POST
def remove(request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
    """Take somebody off the course."""
    course = course_or_404(request, pk)
    if not policies.can_manage_members(request.user, course.translation_key):
        raise PermissionDenied
    member = get_object_or_404(CourseMember, pk=member_pk, course_key=course.translation_key)
    try:
        remove_member(actor=request.user, course=course, member=member)
    except NotAllowed as error:
        raise PermissionDenied from error
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(person)s can't edit this course any more.") % {"person": member.user})
    if not policies.can_see_drafts(request.user, course):
        return redirect("courses_admin:index")
    if not policies.can_manage_members(request.user, course.translation_key):
        return redirect("courses_admin:overview", pk)
    return redirect("courses_admin:people", pk)
