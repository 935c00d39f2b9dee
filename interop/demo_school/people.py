"""The people of the demo school. Their password is public, so they exist in demo schools only."""

from typing import Any

from django.contrib.auth import get_user_model

from accounts.actions.grant_role import grant_role
from accounts.actions.register_person import register_person

PASSWORD = "baobab-demo"  # noqa: S105  (printed by `make run`)
#: E-mail address → role; the learner needs none.
ROLES = {
    "learner@example.com": "",
    "instructor@example.com": "instructor",
    "translator@example.com": "translator",
    "reviewer@example.com": "reviewer",
    "finance@example.com": "finance",
    "admin@example.com": "administrator",
}


def load_people(accounts: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """Make the demo log-ins that are missing; returns everybody by e-mail address.

    Somebody who exists keeps name and password: a visitor may have changed them.

    Args:
        accounts: ``email``, ``country`` (may be left out), and ``name`` and ``bio`` by language.
        language: of the names.
    """
    told = {account["email"]: account for account in accounts}
    people: dict[str, Any] = {}
    for email, role in ROLES.items():
        account = told.get(email, {})
        person = get_user_model().objects.filter(email=email).first()
        if person is None:
            name = (account.get("name") or {}).get(language) or email.partition("@")[0].capitalize()
            person = register_person(
                actor=None, email=email, name=name, password=PASSWORD, is_verified=True, source="demo"
            )
            # One text for all visitors: a paragraph in each language, the name's own first.
            told_in = account.get("bio") or {}
            texts = [told_in.get(language), *(text for code, text in told_in.items() if code != language)]
            person.bio = "\n\n".join(" ".join(str(text).split()) for text in texts if text)
            person.country = account.get("country", "")
            person.save(update_fields=["bio", "country"])
        if role:
            grant_role(actor=None, person=person, role=role)
        people[email] = person
    return people
