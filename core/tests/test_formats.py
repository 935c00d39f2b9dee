"""Every format in English, French and Arabic, exactly; zones with and without summer time."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone as django_timezone
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core import clock, formats
from core.locales import prose_locale, region_of
from core.money import Money

NOON = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
SUMMER = datetime(2026, 7, 22, 14, 5, tzinfo=UTC)
LAGOS, NAIROBI, PARIS = ZoneInfo("Africa/Lagos"), ZoneInfo("Africa/Nairobi"), ZoneInfo("Europe/Paris")
#: Left-to-right isolate and its end; no-break space, narrow no-break space, right-to-left mark.
LRI, RLI, PDI = "\u2066", "\u2067", "\u2069"
NB, NNB, RLM = "\u00a0", "\u202f", "\u200f"


@pytest.mark.parametrize(
    ("value", "en", "fr", "ar"),
    [
        (Money(25000, "XAF"), f"25{NNB}000{NB}FCFA", f"25{NNB}000{NB}FCFA", f"{LRI}25,000{NB}FCFA{PDI}"),
        (Money(3811, "EUR"), "€38.11", f"38,11{NB}€", f"{LRI}38.11{NB}€{PDI}"),
        (Money(250000, "NGN"), f"NGN{NB}2,500.00", f"2{NNB}500,00{NB}NGN", f"{LRI}2,500.00{NB}NGN{PDI}"),
        (Money(5000, "UGX"), f"UGX{NB}5,000", f"5{NNB}000{NB}UGX", f"{LRI}5,000{NB}UGX{PDI}"),
        (Money(-50, "USD"), "-$0.50", f"-0,50{NB}$US", f"{LRI}-0.50{NB}US${PDI}"),
        # An Arabic symbol makes the amount run as the text around it.
        (Money(3811, "MAD"), f"MAD{NB}38.11", f"38,11{NB}MAD", f"{RLI}38.11{NB}د.م.{PDI}"),
    ],
)
def test_money(value, en, fr, ar):
    assert [formats.money(value, language) for language in ("en", "fr", "ar")] == [en, fr, ar]


@pytest.mark.parametrize(
    ("call", "en", "fr", "ar"),
    [
        (lambda: formats.number(12345), "12,345", f"12{NNB}345", "12,345"),
        (lambda: formats.number(Decimal("0.5")), "0.5", "0,5", "0.5"),
        (lambda: formats.number(2.675, 2), "2.68", "2,68", "2.68"),
        (lambda: formats.number(3, 1), "3.0", "3,0", "3.0"),
        (lambda: formats.percentage(0.5), "50%", f"50{NB}%", "50%"),
        (lambda: formats.day(date(2026, 11, 22)), "22 November 2026", "22 novembre 2026", "22 نوفمبر 2026"),
        (lambda: formats.day(NOON, "medium"), "22 Nov 2026", "22 nov. 2026", f"22{RLM}/11{RLM}/2026"),
        (lambda: formats.clock_time(NOON), "14:05", "14:05", f"2:05{NB}م".replace(NB, " ")),
        (lambda: formats.moment(NOON), "22 November 2026, 14:05", "22 novembre 2026, 14:05", "22 نوفمبر 2026، 2:05 م"),
        (
            lambda: formats.zoned_moment(NOON, zone=LAGOS),
            "22 November 2026, 15:05 (West Africa Standard Time)",
            "22 novembre 2026, 15:05 (heure normale d’Afrique de l’Ouest)",
            "22 نوفمبر 2026، 3:05 م (توقيت غرب أفريقيا الرسمي)",
        ),
        (lambda: formats.duration(150), f"2{NB}h 30{NB}min", f"2{NNB}h 30{NB}min", f"2{NB}س 30{NB}د"),
        (lambda: formats.duration(120), f"2{NB}h", f"2{NNB}h", f"2{NB}س"),
        (lambda: formats.duration(timedelta(minutes=45)), f"45{NB}min", f"45{NB}min", f"45{NB}د"),
        (lambda: formats.duration(None), f"0{NB}min", f"0{NB}min", f"0{NB}د"),
        (lambda: formats.listed(["a", "b", "c"]), "a, b and c", "a, b et c", "a وb وc"),
        (lambda: formats.listed(["a", "b"]), "a and b", "a et b", "a وb"),
        (lambda: formats.listed([]), "", "", ""),
        (lambda: formats.file_size(1_234_567), f"1.2{NB}MB", f"1,2{NNB}Mo", f"1.2{NB}م.ب"),
        (lambda: formats.file_size(512_000), f"512{NB}kB", f"512{NNB}ko", f"512{NB}كيلوبايت"),
        (lambda: formats.file_size(637), f"637{NB}B", f"637{NNB}o", f"637{NB}بايت"),
        (lambda: formats.currency_name("XAF"), "Central African CFA Franc", "franc CFA (BEAC)", "فرنك وسط أفريقي"),
    ],
)
def test_each_format(call, en, fr, ar):
    found = []
    for language in ("en", "fr", "ar"):
        with translation.override(language):
            found.append(call())
    assert found == [en, fr, ar]


def test_how_long_ago():
    with clock.frozen(NOON):
        past, future = NOON - timedelta(hours=3), NOON + timedelta(days=2)
        assert [formats.ago(past, language=code) for code in ("en", "fr", "ar")] == [
            "3 hours ago",
            "il y a 3 heures",
            "قبل 3 ساعات",
        ]
        assert [formats.ago(future, language=code) for code in ("en", "fr", "ar")] == [
            "in 2 days",
            "dans 2 jours",
            "خلال يومين",
        ]


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        (LAGOS, "15:05 (West Africa Standard Time)", "15:05 (West Africa Standard Time)"),
        (NAIROBI, "17:05 (East Africa Time)", "17:05 (East Africa Time)"),
        (PARIS, "15:05 (Central European Standard Time)", "16:05 (Central European Summer Time)"),
        (UTC, "14:05 (Coordinated Universal Time)", "14:05 (Coordinated Universal Time)"),
        (timezone(timedelta(hours=1)), "15:05 (GMT+01:00)", "15:05 (GMT+01:00)"),
    ],
)
def test_instants_stand_in_the_active_zone(zone, winter, summer):
    with django_timezone.override(zone):
        assert formats.zoned_moment(NOON) == f"22 November 2026, {winter}"
        assert formats.zoned_moment(SUMMER) == f"22 July 2026, {summer}"


def test_a_day_is_the_day_of_the_zone():
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    assert formats.local_date(late, NAIROBI) == date(2026, 11, 23)
    assert formats.local_date(late, LAGOS) == date(2026, 11, 22)
    with django_timezone.override(NAIROBI):
        assert formats.day(late) == "23 November 2026"


def test_a_day_on_which_clocks_go_back_has_both_its_hours():
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert formats.zoned_moment(first, zone=PARIS).endswith("02:30 (Central European Summer Time)")
    assert formats.zoned_moment(second, zone=PARIS).endswith("02:30 (Central European Standard Time)")


@given(st.integers(min_value=0, max_value=10_000))
def test_only_a_whole_share_is_a_hundred_per_cent(done):
    whole = formats.whole_percent(done / 10_000)
    assert whole == done // 100
    assert formats.percentage(done / 10_000, "en") == f"{done // 100}%"


@given(st.integers(min_value=0, max_value=100_000), st.sampled_from(["en", "fr", "ar", "pt-br", "sw"]))
def test_digits_are_latin_in_every_language(count, language):
    texts = [
        formats.number(count, language=language),
        formats.duration(count, language=language),
        formats.money(Money(count, "XAF"), language),
        formats.moment(NOON + timedelta(minutes=count), language=language),
    ]
    assert all(sign in "0123456789" for text in texts for sign in text if sign.isdigit())


def test_an_unknown_language_is_written_as_english():
    assert formats.day(NOON, language="xx-nowhere") == "November 22, 2026"
    assert prose_locale("en").territory == "GB"
    assert prose_locale("en-us").territory == "US"


@pytest.mark.parametrize(
    ("header", "region"),
    [
        ("fr-CM,fr;q=0.9,en;q=0.8", "CM"),
        ("en;q=0.5, fr-FR;q=0.9", "FR"),
        ("ar,en-NG;q=0.4", "NG"),
        ("zh-Hant-TW", "TW"),
        ("fr", ""),
        ("", ""),
        ("*", ""),
        ("es-419", ""),
        (";;,,-CM", ""),
    ],
)
def test_the_country_in_what_a_browser_asks_for(header, region):
    assert region_of(header) == region


def test_filters_and_tags():
    template = Template(
        "{% load formats %}{{ price|money }} {{ minutes|duration }} {{ at|day }} {{ at|moment }} {{ at|clock_time }} "
        "{{ at|zoned_moment }} {{ half|percentage }} {{ half|percent }} {{ big|number }} {{ big|number:1 }} "
        '{{ names|listed }} {{ big|file_size }} {% timestamp at "short" True %} {% zone_name at %}'
    )
    values = {"price": Money(3811, "EUR"), "minutes": 150, "at": NOON, "half": 0.5, "big": 12345, "names": ["<b>", "c"]}
    with django_timezone.override(LAGOS), translation.override("en"):
        html = template.render(Context(values)).replace(NB, " ")
    assert html == (
        "€38.11 2 h 30 min 22 November 2026 22 Nov 2026, 15:05 15:05 "
        "22 November 2026, 15:05 (West Africa Standard Time) 50% 50 12,345 12,345.0 "
        "&lt;b&gt; and c 12.3 kB "
        '<time datetime="2026-11-22T14:05:00+00:00">22/11/2026, 15:05 (West Africa Standard Time)</time> '
        "West Africa Standard Time"
    )


def test_what_is_missing_shows_as_nothing():
    template = Template(
        "{% load formats %}[{{ x|money }}{{ x|day }}{{ x|moment }}{{ x|zoned_moment }}{{ x|clock_time }}{{ x|ago }}"
        "{{ x|number }}{{ x|file_size }}{% timestamp x %}]"
    )
    assert template.render(Context({"x": None})) == "[]"
