"""Entering rates: by hand, from a feed (a local server stands in for the bank), as examples."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from commerce import tasks
from commerce.actions.add_example_rates import EXAMPLE_RATES, add_example_rates
from commerce.actions.fetch_exchange_rates import RatesFetched, fetch_exchange_rates
from commerce.actions.set_exchange_rate import set_exchange_rate
from commerce.errors import InvalidRate, RateIsFixed, RateJump
from commerce.models import ExchangeRate
from commerce.rate_sources import RateSourceFailed, configured_source
from commerce.rate_sources.euro_feed import EuroFeed
from commerce.rates import current_rates
from commerce.tests.factories import NOON, make_price, make_user
from core import clock
from core.errors import NotAllowed
from core.models import AuditEntry

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
FEED = Path(__file__).parent / "feeds" / "eurofxref-daily.xml"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def treasurer():
    return make_user(permissions=("commerce.add_exchangerate",))


class Bank:
    """A rate source on this machine, which answers as it is told."""

    def __init__(self) -> None:
        self.content = FEED.read_bytes()
        self.status = 200
        self.headers: dict[str, str] = {}
        self.pause = 0.0
        self.asked = 0
        bank = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bank.asked += 1
                self.send_response(bank.status)
                for name, value in bank.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                half = len(bank.content) // 2
                try:
                    self.wfile.write(bank.content[:half])
                    self.wfile.flush()
                    time.sleep(bank.pause)
                    self.wfile.write(bank.content[half:])
                except OSError:
                    pass  # the school had enough

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/eurofxref-daily.xml"


@pytest.fixture
def bank() -> Iterator[Bank]:
    made = Bank()
    yield made
    made.server.shutdown()
    made.server.server_close()


def stored() -> set[tuple[str, str, Decimal, str]]:
    return set(ExchangeRate.objects.values_list("base", "quote", "rate", "source"))


class TestByHand:
    def test_a_rate_is_added_with_who_entered_it(self, treasurer):
        row = set_exchange_rate(actor=treasurer, base="EUR", quote="NGN", rate=Decimal("1680.5"), valid_from=TODAY)
        assert str(row) == "1 EUR = 1680.5 NGN"
        assert (row.entered_by, row.entered_at, row.source) == (treasurer, NOON, "manual")
        entry = AuditEntry.objects.get(verb="commerce.rate_entered")
        assert (entry.actor, entry.target_label) == (treasurer, "1 EUR = 1680.5 NGN")

    @pytest.mark.parametrize(
        ("base", "quote", "rate", "error", "field"),
        [
            ("EUR", "USD", "0", InvalidRate, "rate"),
            ("EUR", "USD", "-1.1", InvalidRate, "rate"),
            ("EUR", "USD", "NaN", InvalidRate, "rate"),
            ("EUR", "USD", "Infinity", InvalidRate, "rate"),
            ("EUR", "USD", "1.123456789", InvalidRate, "rate"),
            ("EUR", "USD", "10000000", InvalidRate, "rate"),
            ("EUR", "EUR", "1", InvalidRate, "quote"),
            ("EUR", "QQQ", "1", InvalidRate, "quote"),
            ("eur", "USD", "1", InvalidRate, "base"),
            ("EUR", "XAF", "655.957", RateIsFixed, "quote"),
            ("XOF", "EUR", "0.0015", RateIsFixed, "quote"),
            ("XAF", "XOF", "1", RateIsFixed, "quote"),
        ],
    )
    def test_what_is_no_rate_is_refused_and_nothing_written(self, treasurer, base, quote, rate, error, field):
        with pytest.raises(error) as refusal:
            set_exchange_rate(actor=treasurer, base=base, quote=quote, rate=Decimal(rate), valid_from=TODAY)
        assert refusal.value.field == field
        assert not ExchangeRate.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_floats_are_refused(self, treasurer):
        with pytest.raises(TypeError):
            set_exchange_rate(actor=treasurer, base="EUR", quote="USD", rate=1.1, valid_from=TODAY)

    def test_a_right_is_needed(self):
        with pytest.raises(NotAllowed):
            set_exchange_rate(actor=make_user(), base="EUR", quote="USD", rate=Decimal(1), valid_from=TODAY)
        assert not ExchangeRate.objects.exists()

    @pytest.mark.parametrize(
        ("base", "quote", "rate", "jumps"),
        [
            ("EUR", "USD", "1.2", False),  # 20 % exactly
            ("EUR", "USD", "1.20000001", True),
            ("EUR", "USD", "0.8", False),
            ("EUR", "USD", "0.79", True),
            ("USD", "EUR", "1.1", False),
            ("USD", "EUR", "2", True),
            ("EUR", "NGN", "9999", False),  # the first of its pair
        ],
    )
    def test_a_jump_needs_a_word(self, treasurer, base, quote, rate, jumps):
        new = {"actor": treasurer, "base": base, "quote": quote, "rate": Decimal(rate), "valid_from": TODAY}
        before = {**new, "base": "EUR", "quote": "USD", "rate": Decimal(1), "valid_from": TODAY - timedelta(days=2)}
        set_exchange_rate(**before)
        if jumps:
            with pytest.raises(RateJump):
                set_exchange_rate(**new)
            assert ExchangeRate.objects.count() == 1
        set_exchange_rate(**new, is_confirmed=jumps)
        assert ExchangeRate.objects.count() == 2

    def test_a_rate_that_nobody_uses_any_more_is_no_measure(self, treasurer):
        new = {"actor": treasurer, "base": "EUR", "quote": "NGN"}
        set_exchange_rate(**new, rate=Decimal(500), valid_from=TODAY - timedelta(days=31))
        set_exchange_rate(**new, rate=Decimal(1680), valid_from=TODAY)
        assert current_rates().rate("EUR", "NGN").value == 1680


class TestFeed:
    def test_the_newest_day_is_taken_over_for_the_currencies_of_the_school(self, bank):
        make_price("7a1f6a8e-6f4e-4b93-9e39-2c8f57a2a6b1", 500, "JPY")
        done = fetch_exchange_rates(EuroFeed(bank.url))
        # XAF is fixed, QQQ is nothing; JPY because something costs yen.
        assert done == RatesFetched(added=("JPY", "NGN", "USD"))
        assert stored() == {
            ("EUR", "JPY", Decimal("178.55"), "feed"),
            ("EUR", "NGN", Decimal("1680.25"), "feed"),
            ("EUR", "USD", Decimal("1.1602"), "feed"),
        }
        assert set(ExchangeRate.objects.values_list("valid_from", "entered_by")) == {(TODAY, None)}

    def test_twice_is_once(self, bank):
        fetch_exchange_rates(EuroFeed(bank.url))
        assert fetch_exchange_rates(EuroFeed(bank.url)) == RatesFetched(known=("NGN", "USD"))
        assert ExchangeRate.objects.count() == 2

    def test_a_file_serves_as_well(self):
        assert fetch_exchange_rates(EuroFeed(FEED.as_uri())).added == ("NGN", "USD")

    def test_a_jump_waits_for_a_person_and_then_the_source_is_believed(self, bank, treasurer, caplog):
        new = {"actor": treasurer, "base": "EUR", "quote": "NGN"}
        set_exchange_rate(**new, rate=Decimal(900), valid_from=TODAY - timedelta(days=1))
        assert fetch_exchange_rates(EuroFeed(bank.url)) == RatesFetched(added=("USD",), refused=("NGN",))
        assert "1 EUR = 1680.25000000 NGN was not taken" in caplog.text
        set_exchange_rate(**new, rate=Decimal(1680), valid_from=TODAY, is_confirmed=True)
        # What a person has said of a day stands.
        assert fetch_exchange_rates(EuroFeed(bank.url)) == RatesFetched(known=("NGN", "USD"))
        bank.content = bank.content.replace(b"2026-11-02", b"2026-11-03")
        with clock.frozen(NOON + timedelta(days=1)):
            assert fetch_exchange_rates(EuroFeed(bank.url)).added == ("NGN", "USD")
            assert current_rates().rate("EUR", "NGN").value == Decimal("1680.25")

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "well-formed"),
            (b"<html><body>Down for maintenance", "well-formed"),
            (b"<Envelope/>", "no day"),
            (b"<E><Cube time='2026-11-02'/></E>", "no rates"),
            (b"<E><Cube time='soon'><Cube currency='USD' rate='1'/></Cube></E>", "no day"),
            (b"<E><Cube time='2026-11-04'><Cube currency='USD' rate='1'/></Cube></E>", "to come"),
            (b"<E><Cube time='2026-11-02'><Cube currency='USD' rate='-1'/></Cube></E>", "no rate of USD"),
            (b"<E><Cube time='2026-11-02'><Cube currency='USD' rate='NaN'/></Cube></E>", "no rate of USD"),
            (b"<E><Cube time='2026-11-02'><Cube currency='USD' rate='1e99'/></Cube></E>", "no rate of USD"),
            (b"<E><Cube time='2026-11-02'><Cube currency='USD'/></Cube></E>", "no rate of USD"),
            (b"<!DOCTYPE a [<!ENTITY x 'y'>]><E><Cube time='2026-11-02'/></E>", "well-formed"),
            (b"<?xml version='1.0' encoding='klingon'?><E/>", "well-formed"),
            (b"\xff\xfe\x00", "well-formed"),
        ],
    )
    def test_an_answer_without_rates_changes_nothing(self, bank, content, says):
        bank.content = content
        with pytest.raises(RateSourceFailed, match=says):
            fetch_exchange_rates(EuroFeed(bank.url))
        assert not ExchangeRate.objects.exists()

    @pytest.mark.parametrize("status", [301, 404, 500])
    def test_only_a_good_answer_counts(self, bank, status):
        bank.status, bank.headers = status, {"Location": bank.url}
        with pytest.raises(RateSourceFailed, match=str(status)):
            EuroFeed(bank.url).fetch()
        assert bank.asked == 1

    def test_an_endless_answer_is_cut_off(self, bank):
        bank.content = b"<!--" + b"x" * 200_000
        with pytest.raises(RateSourceFailed, match="more than 100000 bytes"):
            EuroFeed(bank.url, max_bytes=100_000).fetch()

    def test_a_large_file_is_not_read(self, tmp_path):
        large = tmp_path / "rates.xml"
        large.write_bytes(b"x" * 1001)
        with pytest.raises(RateSourceFailed, match="more than 1000 bytes"):
            EuroFeed(large.as_uri(), max_bytes=1000).fetch()

    def test_a_slow_answer_is_not_waited_for(self, bank):
        bank.pause = 5
        # On a busy machine connecting alone takes the time there is.
        with pytest.raises(RateSourceFailed, match=r"ReadTimeout|longer than 0\.3 seconds"):
            EuroFeed(bank.url, timeout=0.3).fetch()

    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("http://127.0.0.1:1/", "ConnectError"),
            ("file:///no/such/file.xml", "FileNotFoundError"),
            ("ftp://example.com/rates.xml", "https:// or file://"),
            ("http://[", "InvalidURL|https"),
        ],
    )
    def test_a_source_that_is_not_there(self, url, says):
        with pytest.raises((RateSourceFailed, ValueError), match=f"{says}|Invalid IPv6"):
            EuroFeed(url).fetch()


class TestTaskAndCommand:
    def test_without_an_address_nothing_is_asked(self, settings):
        settings.EXCHANGE_RATES_URL = ""
        assert configured_source() is None
        assert fetch_exchange_rates() is None
        assert tasks.fetch_exchange_rates() == 0
        with pytest.raises(CommandError, match="EXCHANGE_RATES_URL"):
            call_command("fetch_exchange_rates")

    def test_the_task_takes_over_and_survives_a_failure(self, settings, bank, caplog):
        settings.EXCHANGE_RATES_URL = bank.url
        assert tasks.fetch_exchange_rates() == 2
        bank.status = 503
        assert tasks.fetch_exchange_rates() == 0
        assert "Exchange rates were not fetched: The rate source answered with status 503." in caplog.text
        assert ExchangeRate.objects.count() == 2

    def test_the_command_says_what_came_of_it(self, bank, treasurer):
        set_exchange_rate(
            actor=treasurer, base="USD", quote="EUR", rate=Decimal(2), valid_from=TODAY - timedelta(days=1)
        )
        out, err = StringIO(), StringIO()
        call_command("fetch_exchange_rates", url=bank.url, stdout=out, stderr=err)
        assert out.getvalue() == "Added: NGN. Known: none.\n"
        assert "Not taken, since they jump: USD." in err.getvalue()
        bank.status = 500
        with pytest.raises(CommandError, match="500"):
            call_command("fetch_exchange_rates", url=bank.url)


class TestExamples:
    def test_each_currency_of_the_school_gets_one_of_today_marked_as_such(self):
        assert add_example_rates() == len(EXAMPLE_RATES)
        assert set(ExchangeRate.objects.values_list("source", "valid_from")) == {("example", TODAY)}
        assert all(
            current_rates().rate("XAF", code) for code in ("NGN", "GHS", "KES", "UGX", "ZMW", "USD", "EUR", "XOF")
        )

    def test_a_rate_in_use_is_left_alone_and_a_stale_one_replaced(self, treasurer):
        set_exchange_rate(actor=treasurer, base="USD", quote="XAF", rate=Decimal(600), valid_from=TODAY)
        assert add_example_rates() == len(EXAMPLE_RATES) - 1
        assert add_example_rates() == 0
        with clock.frozen(NOON + timedelta(days=31)):
            assert add_example_rates() == len(EXAMPLE_RATES)
