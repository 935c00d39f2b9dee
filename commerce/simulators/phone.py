"""The customer's phone: prompts of MTN, Orange, Airtel and M-Pesa that wait, to approve or refuse.

Plain forms, no scripts. While nothing waits the page looks again by itself; while something waits it stands still, so
that nobody's focus is lost.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from commerce.simulators.pages import band, page, shown_amount

if TYPE_CHECKING:
    from commerce.simulators.core import Simulator

__all__ = ["phone_page"]

#: Providers that ask on the phone.
_ASKING = ("mtn", "orange_cm", "airtel", "mpesa")
_NOTICES = {"approve": "Approved. The school is told now.", "reject": "Refused.", "gone": "This prompt is gone."}
_SECONDS = 3

_PROMPT = Markup("""<section class="card">{band}<div>
<p class="soft">{phone}</p><h2>Pay <span class="amount">{amount}</span></h2><p>{text}</p>
<form method="post"><input type="hidden" name="provider" value="{code}">
<input type="hidden" name="reference" value="{reference}">
<div class="pair"><button name="do" value="approve">Approve</button>
<button class="no" name="do" value="reject">Refuse</button></div></form></div></section>""")

_PHONE = Markup("""<h1>The customer's phone</h1>
<p class="soft">Simulator: no real money moves here.
<a href="/phone/">Look again</a>{bank}</p>
<div class="phone"><div class="screen" role="region" aria-label="Screen">{notice}{prompts}</div></div>
<p class="soft">Numbers with a will of their own: Orange's that end in 0 or 4 pay by themselves, 1 and 2 never do.</p>
""")

_NOTHING = Markup("""<p>No prompt waits.</p>
<p class="soft">Pay for a course with mobile money: the prompt shows here within {seconds} seconds.</p>""")


def phone_page(request: Request, simulators: Mapping[str, "Simulator"]) -> Response:
    """Show what waits, or do what a button says."""
    asking = {code: simulators[code] for code in _ASKING if code in simulators}
    if request.method == "POST":
        return redirect(f"/phone/?done={_decide(request, asking)}", 303)
    prompts = [
        _PROMPT.format(
            band=band(code),
            phone=row["phone"],
            amount=shown_amount(row["amount"], row["currency"]),
            text=row["text"],
            code=code,
            reference=row["reference"],
        )
        for code, simulator in asking.items()
        for row in simulator.waiting()
    ]
    notice = _NOTICES.get(request.args.get("done", ""), "")
    body = _PHONE.format(
        notice=Markup('<p class="notice" role="status">{}</p>').format(notice) if notice else Markup(),
        prompts=Markup().join(prompts) or _NOTHING.format(seconds=_SECONDS),
        bank=Markup(' · <a href="/bank/">The bank</a>') if "bank" in simulators else Markup(),
    )
    return page("The customer's phone (simulator)", body, refresh=0 if prompts else _SECONDS)


def _decide(request: Request, asking: Mapping[str, "Simulator"]) -> str:
    simulator = asking.get(request.form.get("provider", ""))
    reference, choice = request.form.get("reference", ""), request.form.get("do", "")
    if simulator is None or all(str(row["reference"]) != reference for row in simulator.waiting()):
        # Answered in another window, or expired.
        return "gone"
    if choice == "approve":
        simulator.approve(reference)
    else:
        simulator.reject(reference)
        choice = "reject"
    return choice
