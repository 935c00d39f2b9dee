"""Addresses that prove themselves."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.providers.base import InvalidSignature
from commerce.providers.path_tokens import make_path_token, read_path_token

ID = uuid.UUID("00000000-0000-4000-8000-000000000001")


@given(st.uuids(), st.sampled_from(["payment", "payout", "refund_status"]))
def test_there_and_back(operation_id, kind):
    token = make_path_token("key", "mtn", kind, operation_id)
    assert re.fullmatch(r"[a-z_]+-[a-z2-7]{26}-[a-z2-7]{16}", token)
    assert read_path_token("key", "mtn", token) == (kind, operation_id)


@given(st.text(max_size=120))
def test_nothing_else_is_read(text):
    with pytest.raises(InvalidSignature):
        read_path_token("key", "mtn", text)


def test_each_sign_counts():
    token = make_path_token("key", "mtn", "payment", ID)
    for place in range(len(token)):
        changed = token[:place] + ("3" if token[place] != "3" else "2") + token[place + 1 :]
        with pytest.raises(InvalidSignature):
            read_path_token("key", "mtn", changed)


def test_no_key_and_no_kind_are_mistakes_of_ours():
    for key, kind in (("", "payment"), ("key", ""), ("key", "pay-ment")):
        with pytest.raises(ValueError):
            make_path_token(key, "mtn", kind, ID)


def test_addresses_are_short_enough_for_orange():
    token = make_path_token("key", "orange_web", "payment", ID)
    assert len(f"https://some-school.example.com/payments/webhooks/orange_web/{token}/") <= 120
