from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from core import clock, idempotency
from core.errors import Conflict, InvalidInput
from core.idempotency import KeyInUse, KeyReused, run_once
from core.models import AuditEntry, IdempotencyKey
from core.tests.factories import AuditEntryFactory
from core.tests.rivals import race

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def act(result="done"):
    AuditEntryFactory()
    return result


def ask(key="k1", scope="enroll:me", fingerprint="same", action=act, **options):
    return run_once(scope=scope, key=key, fingerprint=fingerprint, action=action, **options)


@pytest.mark.django_db
class TestRunOnce:
    def test_the_second_time_answers_from_memory(self):
        assert ask(action=lambda: act({"id": 7, "pair": (1, 2)})) == {"id": 7, "pair": [1, 2]}
        assert ask(action=lambda: act("never")) == {"id": 7, "pair": [1, 2]}
        assert AuditEntry.objects.count() == 1

    def test_another_request_under_the_key_is_refused(self):
        ask(fingerprint={"course": 1, "note": "x"})
        assert ask(fingerprint={"note": "x", "course": 1}) == "done"  # order of keys doesn't matter
        with pytest.raises(KeyReused) as refusal:
            ask(fingerprint={"course": 2})
        assert isinstance(refusal.value, Conflict)
        assert refusal.value.code == "idempotency_key_reused"
        assert AuditEntry.objects.count() == 1

    def test_other_keys_and_other_scopes_run(self):
        ask()
        ask(key="k2")
        ask(scope="enroll:you")
        assert AuditEntry.objects.count() == 3

    def test_a_failure_is_not_remembered(self):
        def stumble():
            AuditEntryFactory()
            raise Conflict("full", "Full.")

        with pytest.raises(Conflict, match="Full"):
            ask(action=stumble)
        assert not AuditEntry.objects.exists()
        assert not IdempotencyKey.objects.exists()
        assert ask() == "done"

    def test_none_is_a_result(self):
        assert ask(action=lambda: act(None)) is None
        assert ask(action=lambda: act("never")) is None
        assert AuditEntry.objects.count() == 1

    @pytest.mark.parametrize("result", [object(), float("nan")])
    def test_a_result_that_can_not_be_stored_undoes_the_work(self, result):
        with pytest.raises((TypeError, ValueError)):
            ask(action=lambda: act(result))
        assert not AuditEntry.objects.exists()

    def test_an_expired_key_is_new_again(self):
        with clock.frozen(NOON) as standing:
            ask(lifetime=timedelta(hours=1))
            standing.move(timedelta(minutes=59))
            assert ask(action=lambda: act("later")) == "done"
            standing.move(timedelta(minutes=1))
            assert ask(action=lambda: act("later"), fingerprint="other") == "later"
            assert ask(action=lambda: act("never"), fingerprint="other") == "later"
        assert AuditEntry.objects.count() == 2

    @pytest.mark.parametrize("key", ["", "x" * 256])
    def test_impossible_keys_are_refused(self, key):
        with pytest.raises(InvalidInput) as refusal:
            ask(key=key)
        assert refusal.value.field == "idempotency_key"

    @pytest.mark.postgres
    def test_the_lock_timeout_of_the_caller_comes_back(self):
        ask()
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",)


@pytest.mark.django_db(transaction=True)
def test_ten_rivals_run_it_once():
    results = race(10, lambda number: ask(action=lambda: act(f"by {number}")))
    assert len(set(results)) == 1
    assert results[0].startswith("by ")
    assert AuditEntry.objects.count() == 1
    assert IdempotencyKey.objects.get().result == results[0]


@pytest.mark.django_db(transaction=True)
def test_a_rival_takes_over_when_the_first_fails():
    failures: list[int] = []

    def first_fails():
        if not failures:
            failures.append(1)
            raise Conflict("full", "Full.")
        return act()

    results = race(5, lambda number: ask(action=first_fails))
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert results.count("done") == 4
    assert AuditEntry.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_rival_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(idempotency, "_WAIT_MILLISECONDS", 100)
    rivals = []

    def slow():
        rivals.extend(race(1, lambda number: ask()))
        return act()

    with transaction.atomic():
        assert ask(action=slow) == "done"
    assert [type(rival) for rival in rivals] == [KeyInUse]
    assert AuditEntry.objects.count() == 1
