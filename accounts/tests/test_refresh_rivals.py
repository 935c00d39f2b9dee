"""Several requests of one app at once, as when it wakes up on a bad line."""

import pytest

from accounts.actions.register_person import register_person
from accounts.tests.factories import PASSWORD
from accounts.tests.headless import App
from core.tests.rivals import race


@pytest.mark.django_db(transaction=True)
def test_rivals_with_one_refresh_token_all_go_on(settings):
    settings.OUTBOX_DISPATCH_ON_COMMIT = False
    register_person(actor=None, email="awa@example.com", name="Awa", password=PASSWORD, is_verified=True)
    app = App()
    assert app.log_in("awa@example.com", PASSWORD).status_code == 200
    token = app.refresh_token

    answers = race(4, lambda number: App().refresh(token))
    assert [answer.status_code for answer in answers] == [200] * 4
    following = {answer.json()["data"]["refresh_token"] for answer in answers}
    assert len(following) == 4
    # None of them has overwritten another's: each is good for the next exchange.
    assert [App().refresh(one).status_code for one in following] == [200] * 4
