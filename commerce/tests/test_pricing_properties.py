"""What holds for every amount: sums, taxes, coupons, shares."""

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from commerce.coupons import CouponLine, _discounts
from commerce.models import Coupon, RoundingRule, TaxRate
from commerce.pricing import round_by_rule
from commerce.taxes import share_tax, tax_on, taxed
from core.money import Money, allocate

minors = st.integers(min_value=0, max_value=10**12)
lines = st.lists(minors.map(lambda minor: Money(minor, "XAF")), min_size=1, max_size=20)
percents = st.decimals(min_value=0, max_value=100, places=3)


def rate(percent: Decimal, is_inclusive: bool) -> TaxRate:
    return TaxRate(country="CM", name="TVA", percent=percent, is_inclusive=is_inclusive)


@given(lines, percents, st.booleans())
def test_lines_add_up_to_the_order(amounts, percent, is_inclusive):
    result = taxed(amounts, "XAF", rate(percent, is_inclusive))
    assert Money.sum(result.taxes, "XAF") == result.tax
    assert Money.sum(result.amounts, "XAF") == result.total
    before = Money.sum(amounts, "XAF")
    assert result.total == (before if is_inclusive else before + result.tax)
    assert all(net.minor >= 0 and tax.minor >= 0 for net, tax in zip(result.nets, result.taxes, strict=True))
    assert Money.sum(result.nets, "XAF") + result.tax == result.total


@given(minors, percents)
def test_tax_within_what_tax_on_top_came_to_is_that_tax(minor, percent):
    net = Money(minor, "NGN")
    on_top = tax_on(net, percent, is_inclusive=False)
    within = tax_on(net + on_top, percent, is_inclusive=True)
    # The sum is off the exact one by at most half a unit; of that only a part, below one half, is tax.
    assert abs(within.minor - on_top.minor) <= 1
    exact = Fraction(minor) * Fraction(percent) / 100
    assert abs(on_top.minor - exact) <= Fraction(1, 2)


@given(minors, lines)
def test_shares_of_a_tax_are_less_than_a_unit_off(minor, amounts):
    tax = Money(minor, "XAF")
    shares = share_tax(tax, amounts)
    whole = sum(amount.minor for amount in amounts)
    if not whole:
        assert all(share.is_zero for share in shares)
        return
    assert Money.sum(shares, "XAF") == tax
    for share, amount in zip(shares, amounts, strict=True):
        assert abs(share.minor * whole - minor * amount.minor) < whole


@given(
    st.lists(st.tuples(minors, st.booleans()), min_size=1, max_size=20),
    st.one_of(
        st.builds(dict, kind=st.just("percent"), percent=st.decimals("0.01", 100, places=2)),
        st.builds(dict, kind=st.just("amount"), amount_minor=st.integers(1, 10**13), currency=st.just("XAF")),
    ),
)
def test_a_coupon_makes_no_line_negative_and_takes_nothing_off_others(priced, fields):
    cart = [CouponLine(SimpleNamespace(pk=1), frozenset(), Money(minor, "XAF")) for minor, _fit in priced]
    fits = [fit for _minor, fit in priced]
    discounts = _discounts(Coupon(**fields), cart, fits, "XAF")
    for line, fit, off in zip(cart, fits, discounts, strict=True):
        assert 0 <= off.minor <= line.price.minor
        assert fit or off.is_zero
    eligible = sum(minor for minor, fit in priced if fit)
    total = sum(off.minor for off in discounts)
    if fields["kind"] == "amount":
        assert total == min(fields["amount_minor"], eligible)
    else:
        assert abs(total - Fraction(eligible) * Fraction(fields["percent"]) / 100) <= Fraction(1, 2)


@given(minors, st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any))
def test_net_shares_add_up_to_the_line(minor, weights):
    shares = allocate(Money(minor, "XAF"), weights)
    assert Money.sum(shares, "XAF") == Money(minor, "XAF")
    assert all(share.minor >= 0 for share in shares)


@given(
    st.fractions(min_value=Fraction(1, 1000), max_value=10**12),
    st.integers(1, 10_000),
    st.integers(0, 9_999),
    st.sampled_from(["nearest", "up"]),
)
def test_a_rounded_price_is_of_its_rules_form_and_near(exact, step, minus, direction):
    minus %= step
    rule = RoundingRule(currency="NGN", step_minor=step, minus_minor=minus, direction=direction)
    rounded = round_by_rule(exact, rule)
    assert rounded > 0
    assert (rounded + minus) % step == 0
    if rounded != step - minus:  # the least there is
        assert abs(rounded - exact) * 2 <= step or direction == "up"
        assert direction == "nearest" or exact <= rounded < exact + step
