"""What an instructor has earned, where the money goes, and links that bring buyers."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from commerce import policies
from commerce.actions.create_referral_link import create_referral_link, switch_referral_link
from commerce.actions.save_payout_account import save_payout_account
from commerce.earnings import earnings_by_course, earnings_by_month, earnings_csv, earnings_of
from commerce.models import ReferralLink
from commerce.payouts import destination_of, masked_destination
from commerce.provider_names import provider_name
from core.errors import DomainError
from home.addresses import absolute, localized
from home.forms import PayoutAccountForm
from home.shop import REFERRAL_COOKIE, posted_key

_LATEST = 50


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_earnings(request: HttpRequest) -> HttpResponse:
    """Show sums, months, courses and payouts. A POST saves the account, or makes or switches a link."""
    if not policies.can_earn(request.user):
        raise Http404
    is_account = request.method == "POST" and request.POST.get("do") == "account"
    form = PayoutAccountForm(request.POST) if is_account else PayoutAccountForm(initial=_first_account(request.user))
    if request.method == "POST":
        try:
            changed = _change(request, form)
        except DomainError as error:
            if is_account and not form.errors:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            elif not is_account:
                messages.error(request, str(error))
            changed = None if is_account else redirect("home:earnings")
        if changed is not None:
            return changed
    return render(request, "home/earnings.html", _context(request, form), status=400 if form.errors else 200)


def _context(request: HttpRequest, form: PayoutAccountForm) -> dict[str, Any]:
    person: Any = request.user
    return {
        "section": "profile",
        "sums": earnings_of(person),
        "months": earnings_by_month(person),
        "courses": earnings_by_course(person),
        "hold_days": settings.EARNINGS_HOLD_DAYS,
        "payouts": list(person.payouts.all()[:_LATEST]),
        "accounts": [
            (account, provider_name(account.provider), masked_destination(destination_of(account)))
            for account in person.payout_accounts.order_by("currency")
        ],
        "account_form": form,
        "links": [(link, _url_of(link)) for link in person.referral_links.all()],
        "is_unlisted": True,
    }


def _change(request: HttpRequest, form: PayoutAccountForm) -> HttpResponse | None:
    """Do what was asked; None where the form has to be shown again."""
    match request.POST.get("do"):
        case "account":
            if not form.is_valid():
                return None
            data = form.cleaned_data
            if data["method"] == "bank":
                data = {**data, "provider": "bank"}
            save_payout_account(actor=request.user, **data)
            messages.success(request, _("The account is saved."))
        case "link":
            create_referral_link(actor=request.user, label=request.POST.get("label", "").strip())
            messages.success(request, _("The link is made."))
            return redirect(f"{reverse('home:earnings')}#links")
        case "on" | "off":
            link = ReferralLink.objects.filter(public_id=posted_key(request, "link"), owner=request.user.pk).first()
            if link is not None:
                switch_referral_link(actor=request.user, link=link, is_active=request.POST["do"] == "on")
            return redirect(f"{reverse('home:earnings')}#links")
    return redirect("home:earnings")


@never_cache
@login_required
@require_safe
def download_earnings(request: HttpRequest) -> HttpResponse:
    """Everything in the person's account of the books, as CSV."""
    if not policies.can_earn(request.user):
        raise Http404
    response = HttpResponse(earnings_csv(request.user), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="earnings.csv"'
    return response


def _first_account(person: Any) -> dict[str, Any]:
    """What the form begins with: the account that is there, else the profile's country and name."""
    account = person.payout_accounts.order_by("currency").first()
    if account is None:
        return {"country": person.country, "holder": person.get_full_name(), "currency": settings.DEFAULT_CURRENCY}
    names = ("currency", "method", "provider", "country", "holder", "bank", "bank_code")
    return {name: getattr(account, name) for name in names}


def _url_of(link: ReferralLink) -> str:
    return f"{absolute(localized('courses/'))}?{urlencode({REFERRAL_COOKIE: link.code})}"
