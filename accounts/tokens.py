"""Tokens of apps: a short access token, and a refresh token that is exchanged for the next one each time.

All tokens of one log-in hang on one server-side session. Logging out, a changed password, a deactivated account or a
stolen refresh token ends that session, and every token of it with it.
"""

from typing import Any, Final

from allauth.account.internal.userkit import str_to_user_id
from allauth.headless import app_settings
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from accounts.models import User
from core import clock

__all__ = ["GRACE", "TokenStrategy"]

#: Seconds in which a refresh token just exchanged is taken once more: the answer may have been lost on a bad line.
GRACE: Final = 60


class TokenStrategy(JWTTokenStrategy):
    """Allauth's JWT strategy, forgiving about lost answers and strict about stolen tokens."""

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """Return a new access token and the next refresh token, or None when the token is no good.

        A refresh token seen again after its grace has two holders: the whole log-in ends (RFC 9700, 4.14.2).
        """
        payload = internal.decode_token(refresh_token, "refresh")
        if payload is None:
            return None
        with transaction.atomic():
            # Two requests with one session would overwrite each other's token; they take turns on the person's row.
            person = User.objects.select_for_update().filter(pk=str_to_user_id(payload["sub"]), is_active=True).first()
            session = internal.get_token_session(payload)
            if person is None or session is None:
                return None
            user = internal.validate_token_user(payload, session)
            if user is None:
                return None
            now = int(clock.now().timestamp())
            known = internal.get_refresh_token_state(session)
            if known.get(payload["jti"], 0) <= now:
                session.flush()
                return None
            return self._exchange(user, session, refresh_token, payload["jti"], now)

    def _exchange(self, user: Any, session: SessionBase, refresh_token: str, jti: str, now: int) -> tuple[str, str]:
        known = internal.get_refresh_token_state(session)
        following = refresh_token
        if app_settings.JWT_ROTATE_REFRESH_TOKEN:
            known[jti] = min(known[jti], now + GRACE)
            following = internal.create_refresh_token(user, session)
        for old in [name for name, expires in known.items() if expires <= now]:
            del known[old]
        session.modified = True
        session.save()
        return internal.create_access_token(user, session, self.get_claims(user)), following
