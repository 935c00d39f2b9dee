"""``manage.py run_simulators``: the imitated providers as a process, and what they remember."""

import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import CommandError, call_command

from commerce.providers import registry
from commerce.providers.base import Attempt, Customer, Payout, ProviderState, Redirect
from commerce.simulators import keys
from commerce.simulators.core import Simulator, SimulatorServer
from commerce.simulators.memory import recall, remember
from commerce.simulators.school import all_simulators
from commerce.tests.simulated import SimulatedProviders
from core.money import Money

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent.parent


def attempt(minor: int = 25_000, currency: str = "XAF", country: str = "CM", phone: str = "+237670000001") -> Attempt:
    return Attempt(
        uuid.uuid4(), "B-1001", Money(minor, currency), datetime.now(UTC), "Python", country=country, phone=phone
    )


class TestMemory:
    def test_books_are_kept_and_faults_and_addresses_are_not(
        self, simulators: SimulatedProviders, tmp_path: Path
    ) -> None:
        one = attempt()
        registry.provider("mtn").initiate(one, Customer("a@example.com"), return_url="", notify_url="")
        simulators["mtn"].faults.bad_signature = True
        remember(simulators.server.simulators, tmp_path / "a" / "books")
        later = all_simulators()
        recall(later, tmp_path / "a" / "books")
        (mtn,) = [simulator for simulator in later if simulator.code == "mtn"]
        assert [row["reference"] for row in mtn.waiting()] == [str(one.id)]
        assert mtn.faults.bad_signature is False
        assert [simulator.waiting() for simulator in later if simulator.code != "mtn"] == [[]] * 9

    @pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x04N."])
    def test_unreadable_books_are_left(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "books").write_bytes(content)
        simulators: list[Simulator] = all_simulators()
        recall(simulators, tmp_path / "books")
        assert [simulator.waiting() for simulator in simulators] == [[]] * 10

    def test_first_start(self, tmp_path: Path) -> None:
        recall(all_simulators(), tmp_path / "books")
        assert list(tmp_path.iterdir()) == []


class TestKeys:
    def test_processes_that_share_a_folder_share_a_key(self, simulators: SimulatedProviders, tmp_path: Path) -> None:
        first = []
        for folder in ("a", "b", "a"):
            keys.keep_in(tmp_path / folder)
            first.append(keys.certificate())
        assert first[0] == first[2] != first[1]
        assert [row.name for row in (tmp_path / "a").iterdir()] == ["simulators.pem"]


class TestProcess:
    @pytest.fixture
    def address(self) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return f"http://127.0.0.1:{probe.getsockname()[1]}"

    @pytest.fixture
    def start(self, address: str, tmp_path: Path) -> Iterator[Any]:
        """Start the command and wait until it says where it is."""
        started: list[subprocess.Popen[str]] = []
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        own = {"BAOBAB_ENV": "development", "VAR_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}

        def run() -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-u", "manage.py", "run_simulators"],
                cwd=ROOT,
                env={**kept, **own, "PAYMENT_SIMULATOR_URL": address, "SITE_URL": "http://127.0.0.1:9"},
                stdout=subprocess.PIPE,
                text=True,
            )
            started.append(process)
            assert process.stdout is not None
            assert f"{address}/phone/" in process.stdout.readline()
            return process

        yield run
        for process in started:
            process.kill()
            process.communicate()

    def test_pays_for_another_process_and_remembers_it(
        self, start: Any, address: str, settings: Any, tmp_path: Path
    ) -> None:
        settings.PAYMENT_SIMULATOR_URL, settings.VAR_DIR = address, tmp_path
        process = start()
        stripe, one = registry.provider("stripe"), attempt(10_50, "USD", "", "")
        begun = stripe.initiate(one, Customer("a@example.com"), return_url="https://a.example.com/", notify_url="")
        assert isinstance(begun.next, Redirect)
        httpx.post(begun.next.url, data={"action": "approve"})
        payout = Payout(uuid.uuid4(), Money(5_000, "UGX"), datetime.now(UTC), phone="+256752000001", country="UG")
        assert registry.provider("airtel").payout(payout).state is ProviderState.SUCCEEDED
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert not [row for row in tmp_path.iterdir() if re.search("new|tmp", row.name)]

        start()
        paid = Attempt(**{**one.__dict__, "provider_ref": begun.provider_ref, "data": dict(begun.data)})
        assert stripe.fetch_status(paid).state is ProviderState.SUCCEEDED


class TestRefusals:
    def test_without_address(self, settings: Any) -> None:
        settings.PAYMENT_SIMULATOR_URL = ""
        with pytest.raises(CommandError, match="Set PAYMENT_SIMULATOR_URL"):
            call_command("run_simulators")

    @pytest.mark.parametrize("address", ["127.0.0.1:8001", "https://127.0.0.1:8001", "http://127.0.0.1", "http://a:b"])
    def test_unusable_address(self, settings: Any, address: str) -> None:
        settings.PAYMENT_SIMULATOR_URL = address
        with pytest.raises(CommandError, match="use http://"):
            call_command("run_simulators")

    def test_taken(self, settings: Any, simulator_server: SimulatorServer) -> None:
        settings.PAYMENT_SIMULATOR_URL = simulator_server.root
        with pytest.raises(CommandError, match="Can't listen"):
            call_command("run_simulators")
