"""A small client of the headless API, as an app would write it."""

import json
from typing import Any

from django.test import Client

ROOT = "/_allauth/app/v1"


class App:
    """Keeps what an app keeps: the session token while logging in, then the two tokens."""

    def __init__(self, language: str = "en") -> None:
        self.client = Client(headers={"accept-language": language})
        self.session_token = ""
        self.access_token = ""
        self.refresh_token = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        if self.access_token:
            headers["authorization"] = f"Bearer {self.access_token}"
        elif self.session_token:
            headers["x-session-token"] = self.session_token
        response = self.client.generic(
            method, f"{ROOT}/{path}", "" if body is None else json.dumps(body), "application/json", headers=headers
        )
        meta = response.json().get("meta", {}) if response.content else {}
        self.session_token = meta.get("session_token", self.session_token)
        self.access_token = meta.get("access_token", self.access_token)
        self.refresh_token = meta.get("refresh_token", self.refresh_token)
        return response

    def log_in(self, email: str, password: str) -> Any:
        return self.call("POST", "auth/login", {"email": email, "password": password})

    def refresh(self, token: str = "") -> Any:
        response = self.client.post(
            f"{ROOT}/tokens/refresh", {"refresh_token": token or self.refresh_token}, "application/json"
        )
        if response.status_code == 200 and not token:
            self.access_token = response.json()["data"]["access_token"]
            self.refresh_token = response.json()["data"]["refresh_token"]
        return response


def pending(response: Any) -> list[str]:
    """Return the steps of a log-in that are still to be done."""
    return [flow["id"] for flow in response.json()["data"]["flows"] if flow.get("is_pending")]
