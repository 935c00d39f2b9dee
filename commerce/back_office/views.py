"""One small page for each change: a form, a confirmation, an action."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy
from django.views.generic import FormView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from commerce import policies
from commerce.actions.cancel_enrollment import cancel_enrollment
from commerce.actions.grant_enrollment import grant_enrollment
from commerce.actions.reissue_certificate import reissue_certificate
from commerce.actions.resume_enrollment import resume_enrollment
from commerce.actions.revoke_certificate import revoke_certificate
from commerce.actions.set_exchange_rate import set_exchange_rate
from commerce.actions.suspend_enrollment import suspend_enrollment
from commerce.back_office.forms import GrantForm, RateForm, ReasonForm, ReissueForm, RevokeForm
from commerce.models import Certificate, Enrollment
from core.errors import DomainError, NotAllowed

__all__ = [
    "CancelView",
    "GrantView",
    "RateView",
    "ReissueView",
    "ResumeView",
    "RevokeView",
    "SuspendView",
]


class ActionView(WagtailAdminTemplateMixin, FormView):
    """Ask, act, say what was done, go back to the list."""

    template_name = "commerce/back_office/action.html"
    form_class: type[forms.Form] = ReasonForm
    model: ClassVar[Any] = None
    may: Callable[[Any], bool]
    row: Any = None  #: what is changed; None where something is made
    list_name: str
    page_title: str | Promise
    submit_label: str | Promise = ""
    is_destructive = False
    question: str | Promise = ""
    done: str | Promise

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Rights first: nobody without them learns whether the row exists."""
        if not self.may(request.user):
            raise PermissionDenied
        if self.model and "pk" in kwargs:
            self.row = get_object_or_404(self.model, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def act(self, data: dict[str, Any]) -> None:
        """Call the action."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Act; a refusal is shown beside its field."""
        try:
            self.act(form.cleaned_data)
        except NotAllowed as refused:
            raise PermissionDenied from refused
        except DomainError as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, str(self.done))
        return redirect(self.list_url)

    @property
    def list_url(self) -> str:
        """The list that the row stands in."""
        return reverse(self.list_name)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Where this is."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the template says."""
        return super().get_context_data(
            row=self.row,
            question=self.question,
            submit_label=self.submit_label or self.page_title,
            is_destructive=self.is_destructive,
            list_url=self.list_url,
            **kwargs,
        )


class EnrollmentView(ActionView):
    """Changes of one enrolment."""

    model = Enrollment
    may = staticmethod(policies.can_change_enrollments)
    list_name = "commerce_enrollment_modeladmin_index"


class SuspendView(EnrollmentView):
    page_title = _lazy("Suspend enrolment")
    question = _lazy("The learner can't open the course until the enrolment is resumed. Progress stays.")
    done = _lazy("The enrolment is suspended.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        suspend_enrollment(actor=self.request.user, enrollment=self.row, reason=data["reason"])


class ResumeView(EnrollmentView):
    page_title = _lazy("Resume enrolment")
    question = _lazy("The learner gets into the course again.")
    done = _lazy("The enrolment is active again.")

    def act(self, data: dict[str, Any]) -> None:
        resume_enrollment(actor=self.request.user, enrollment=self.row, reason=data["reason"])


class CancelView(EnrollmentView):
    page_title = _lazy("Cancel enrolment")
    question = _lazy("This ends the enrolment for good. The learner may enrol anew and then starts from the beginning.")
    done = _lazy("The enrolment is cancelled.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        cancel_enrollment(actor=self.request.user, enrollment=self.row, reason=data["reason"])


class GrantView(ActionView):
    form_class = GrantForm
    may = staticmethod(policies.can_grant_enrollments)
    list_name = "commerce_enrollment_modeladmin_index"
    page_title = _lazy("Grant enrolment")
    question = _lazy("Enrols a learner without payment. Somebody already enrolled keeps their enrolment as it is.")
    done = _lazy("The learner is enrolled.")

    def act(self, data: dict[str, Any]) -> None:
        grant_enrollment(actor=self.request.user, **data)


class CertificateView(ActionView):
    """Changes of one certificate."""

    model = Certificate
    may = staticmethod(policies.can_change_certificates)
    list_name = "commerce_certificate_modeladmin_index"


class RevokeView(CertificateView):
    form_class = RevokeForm
    page_title = _lazy("Revoke certificate")
    question = _lazy("The certificate's public page will say that it was revoked, and why.")
    done = _lazy("The certificate is revoked.")
    is_destructive = True

    def act(self, data: dict[str, Any]) -> None:
        revoke_certificate(actor=self.request.user, certificate=self.row, reason=data["reason"])


class ReissueView(CertificateView):
    form_class = ReissueForm
    page_title = _lazy("Reissue certificate")
    question = _lazy("Makes a new certificate with a new number and revokes this one.")
    done = _lazy("A new certificate takes the place of the old one.")

    def get_initial(self) -> dict[str, Any]:
        return {"learner_name": self.row.learner_name}

    def act(self, data: dict[str, Any]) -> None:
        reissue_certificate(actor=self.request.user, certificate=self.row, **data)


class RateView(ActionView):
    """Enter a rate; the former ones stay as history."""

    form_class = RateForm
    may = staticmethod(policies.can_enter_rates)
    list_name = "commerce_exchangerate_modeladmin_index"
    page_title = _lazy("Enter an exchange rate")
    submit_label = _lazy("Save")
    question = _lazy(
        "Rates tell visitors about how much a price is in their currency; what is charged stays as it is. 1 euro is "
        "655.957 CFA francs by law, which is known already. A wrong rate is put right by entering the right one for "
        "the same day."
    )
    done = _lazy("The rate is saved.")

    def act(self, data: dict[str, Any]) -> None:
        set_exchange_rate(actor=self.request.user, **data)
