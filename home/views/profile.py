"""A person's own profile."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache

from accounts.forms import ProfileForm
from core.errors import DomainError


@never_cache
@login_required
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Show and save the profile form."""
    form = ProfileForm(request.POST or None, request.FILES or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            person = form.save()
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            with override(person.language or None):
                messages.success(request, _("Your profile is saved."))
            return redirect("home:profile")
    context = {"form": form, "section": "profile", "is_unlisted": True}
    return render(request, "home/profile.html", context, status=400 if form.errors else 200)
