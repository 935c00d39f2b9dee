"""Pages of the imitated providers: small, without scripts, for narrow screens, light and dark."""

from decimal import Decimal
from typing import Any

from markupsafe import Markup
from werkzeug.wrappers import Response

from core.money import Money, format_money

__all__ = ["BRANDS", "band", "choices", "page", "shown_amount"]

#: Name of each provider, its colour and that of letters on it.
BRANDS: dict[str, tuple[str, str, str]] = {
    "mtn": ("MTN MoMo", "#ffcb05", "#141414"),
    "orange_cm": ("Orange Money", "#ff7900", "#141414"),
    "orange_web": ("Orange Money", "#ff7900", "#141414"),
    "airtel": ("Airtel Money", "#c40000", "#ffffff"),
    "mpesa": ("M-Pesa", "#00702e", "#ffffff"),
    "stripe": ("Stripe", "#4b45c6", "#ffffff"),
    "paystack": ("Paystack", "#0a2b45", "#ffffff"),
    "flutterwave": ("Flutterwave", "#7a4300", "#ffffff"),
    "btcpay": ("BTCPay Server", "#1c5a3a", "#ffffff"),
    "bank": ("Example Bank", "#24426b", "#ffffff"),
}

_STYLE = """
:root { color-scheme: light dark; --page: #eceff1; --card: #ffffff; --ink: #17212b; --soft: #55626e; --line: #c6ced6;
  --good: #14653a; --bad: #9a1c1c; --frame: #10161c; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1217; --card: #1a222b; --ink: #edf2f6; --soft: #aab6c1;
  --line: #3b4855; --good: #1c7a48; --bad: #b3302f; --frame: #000000; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-inline-size: 26rem; margin-inline: auto; padding: 1rem; display: grid; gap: 1rem; }
h1, h2, p, ul { margin: 0; }
h1 { font-size: 1.25rem; } h2 { font-size: 1.05rem; }
.phone { background: var(--frame); border-radius: 2rem; padding: .7rem; }
.screen { background: var(--page); border-radius: 1.5rem; padding: 1rem .8rem; min-block-size: 30rem; display: grid;
  gap: .9rem; align-content: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; overflow: hidden; }
.card > div { padding: .8rem 1rem 1rem; display: grid; gap: .55rem; }
.band { padding: .5rem 1rem; font-weight: 700; }
.amount { font-size: 1.6rem; font-weight: 700; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.notice { border-inline-start: .3rem solid var(--good); background: var(--card); padding: .5rem .8rem; }
form { display: grid; gap: .6rem; } .pair { display: grid; gap: .6rem; grid-template-columns: 1fr 1fr; }
label { display: grid; gap: .2rem; font-size: .9rem; }
input { font: inherit; inline-size: 100%; padding: .55rem .6rem; border: 1px solid var(--soft); border-radius: .5rem;
  background: var(--page); color: inherit; }
button { font: inherit; font-weight: 700; min-block-size: 2.9rem; border: 0; border-radius: .6rem; color: #ffffff;
  background: var(--good); cursor: pointer; }
button.no { background: var(--bad); }
:focus-visible { outline: .2rem solid #3c8dff; outline-offset: .1rem; }
a { color: inherit; } code { overflow-wrap: anywhere; } ul { padding-inline-start: 1.1rem; }
"""

_NONE = Markup()
_PAGE = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}<title>{title}</title><style>{style}</style></head>
<body><main>{body}</main></body></html>
""")


def page(title: str, body: Markup, *, refresh: int = 0, status: int = 200) -> Response:
    """A page; ``refresh`` is in seconds, 0 for never."""
    again = Markup('<meta http-equiv="refresh" content="{}">').format(refresh) if refresh else Markup()
    html = _PAGE.format(title=title, style=Markup(_STYLE), body=body, refresh=again)  # noqa: S704 (ours)
    answer = Response(html, status, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def band(code: str) -> Markup:
    """The provider's name in its colours."""
    name, colour, ink = BRANDS[code]
    return Markup('<p class="band" style="background:{};color:{}">{}</p>').format(colour, ink, name)


def choices(
    code: str, amount: str, about: str, *, field: str = "do", fields: Markup = _NONE, extra: Markup = _NONE
) -> Response:
    """A provider's page for one payment: pay or not, then back to the school.

    Args:
        field: name of the buttons; their values are ``approve`` and ``decline``.
        fields: what the customer may fill in before.
        extra: what is shown below the amount.
    """
    name = BRANDS[code][0]
    body = Markup(
        """<h1>{name}</h1><p class="soft">Simulator: no real money moves here.</p>
<section class="card">{band}<div><p class="amount">{amount}</p><p class="soft">{about}</p>{extra}
<form method="post">{fields}<div class="pair"><button name="{field}" value="approve">Approve</button>
<button class="no" name="{field}" value="decline">Decline</button></div></form></div></section>"""
    ).format(name=name, band=band(code), amount=amount, about=about, extra=extra, fields=fields, field=field)
    return page(f"{name} (simulator)", body)


def shown_amount(amount: Any, currency: str) -> str:
    """Major units as people read them: ``25 000 FCFA``; what is no money of this world, as it is."""
    try:
        return format_money(Money.from_decimal(Decimal(str(amount)), currency), "en")
    except (ValueError, ArithmeticError):
        return f"{amount} {currency}"
