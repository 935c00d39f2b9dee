"""What may not stand in logs and error reports, whoever writes it."""

import io
import logging
import sys

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from core.masking import HIDDEN, MaskingFormatter, ReportFilter, mask_text

SECRETS = [
    ("Authorization: Bearer abcdef123456", "abcdef123456"),
    ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
    ("POST body pin=2468&amount=5", "2468"),
    ('{"pin": "2468", "amount": 5}', "2468"),
    ("{'initiator_password': 'x1y2z3'}", "x1y2z3"),
    ("Ocp-Apim-Subscription-Key: 0a1b2c3d", "0a1b2c3d"),
    ("key sk_live_51HqLyjWDarjtT1zdp7dc is wrong", "51HqLyjWDarjtT1zdp7dc"),
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("FLWSECK_TEST-1234567890-X", "1234567890"),
    ("verif-hash: my-hash", "my-hash"),
    ("paying with 4242 4242 4242 4242 now", "4242 4242 4242"),
    ("card 5531886652142950 refused", "5531886652142950"),
    ("prompt to +237670000001 sent", "670000001"),
    ("{'partyId': '237670000001'}", "237670000001"),
    ('{"PhoneNumber": 254708374149}', "254708374149"),
    ("subscriberMsisdn=690000007", "690000007"),
    ("cloudinary://1234:a1b2-c3d4@cloud is wrong", "a1b2-c3d4"),
    ("can't reach postgres://baobab:letters@127.0.0.1:5432/baobab", "letters"),
    ("GET https://res.example.com/x/video/authenticated/s--Ai4Znfl3--/h_144/v1/a.mp4", "Ai4Znfl3"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS, ids=[secret for _text, secret in SECRETS])
def test_secrets_are_masked(text: str, secret: str) -> None:
    assert secret not in mask_text(text)
    assert HIDDEN in mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "mtn 4c1f1d0e-3d9f-4c55-9f43-0f6b2ad2c001 could not be settled",
        "25 000 XAF for order B7F3K2QXYZ, shipping: none",
        "checkout ws_CO_191220191020363925 is pending at 2026-11-22 03:33:06,808",
        "/payments/webhooks/mtn/ answered 200",
        "GET https://api.example.com:8443/v1_1/cloud/resources/video of learner@example.com",
    ],
)
def test_what_one_wants_to_find_again_stays(text: str) -> None:
    assert mask_text(text) == text


def test_the_log_is_written_through_the_mask() -> None:
    assert settings.LOGGING["formatters"]["line"]["()"] == "core.masking.MaskingFormatter"
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(MaskingFormatter("%(message)s"))
    logger = logging.getLogger("tests.masking")
    logger.addHandler(handler)
    try:
        raise ValueError("refused +237670000001 with pin=2468")
    except ValueError:
        logger.exception("For %s", {"phone": "237670000001"})
    finally:
        logger.removeHandler(handler)
    text = written.getvalue()
    assert "ValueError" in text
    assert not any(secret in text for secret in ("670000001", "2468"))


def test_error_reports_are_masked() -> None:
    assert settings.DEFAULT_EXCEPTION_REPORTER_FILTER == "core.masking.ReportFilter"
    request = RequestFactory().post(
        "/pay/", {"phone": "+237670000001", "pin": "2468", "card": "4242424242424242"}, HTTP_VERIF_HASH="my" + "-hash"
    )
    try:
        _fail()
    except RuntimeError:
        reporter = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        reports = [reporter.get_traceback_text(), reporter.get_traceback_html()]
    frames = repr([frame["vars"] for frame in reporter.get_traceback_frames()])
    given = repr(ReportFilter().get_post_parameters(request))
    assert "body" in frames
    for secret in ("2468", "670000001", "254708374149", "a-password-of-ours", "4242424242424242"):
        assert secret not in frames
        assert secret not in given
    assert "VERIF_HASH" in reports[1]
    assert not any("my-hash" in report for report in reports)


def _fail() -> None:
    pin, phone, body = "2468", "+237670000001", {"initiator_password": "a-password-of-ours", "msisdn": 254708374149}
    raise RuntimeError(len(pin) + len(phone) + len(body))
