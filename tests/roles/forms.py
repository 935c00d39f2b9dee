"""What the tables send, by the name after ``<``: enough for the address to do its work for those who may."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images.tests.utils import get_test_image_file

from accounts.tests.factories import PASSWORD
from commerce.simulators.bank import Transfer, camt053
from core import clock
from tests.roles.school import World
from tests.roles.video_desk import CAPTIONS
from videos.tests.media import make_clip

__all__ = ["FORMS", "form"]

NEW_WORD = "nine-loud-drums"


def form(world: World, name: str) -> dict[str, Any]:
    """A fresh copy: uploaded files can be read once."""
    return FORMS[name](world) if name else {}


def _formset(prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    counts = {f"{prefix}-{word}_FORMS": 0 for word in ("INITIAL", "MIN_NUM")}
    filled = {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {**counts, f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-MAX_NUM_FORMS": 1000, **filled}


def _lesson(world: World) -> dict[str, Any]:
    return {
        "title": "Renamed",
        "slug": "renamed",
        "body-count": 0,
        "estimated_minutes": 5,
        "completion_rule": "opened",
        "watched_percent": "80",
        **_formset("comments"),
    }


def _picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("new.png", get_test_image_file().file.getvalue(), "image/png")


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("new.txt", b"text", "text/plain")


def _film() -> SimpleUploadedFile:
    with TemporaryDirectory() as folder:
        return SimpleUploadedFile("new.mp4", make_clip(Path(folder) / "new.mp4").read_bytes(), "video/mp4")


_TERMS = "source_language,term,target_language,translation,note\nen,husk,fr,balle,\n"


def _po(world: World, **keys: Any) -> SimpleUploadedFile:
    """A page's or a course's strings with one title translated."""
    from translation.actions import export_po

    po = export_po(actor=world.people["admin"], language="fr", **keys)
    for entry in po:
        if entry.msgid == "Of woven":
            entry.msgstr = "Un titre"
    return SimpleUploadedFile("fr.po", str(po).encode())


def _uploaded(world: World, kind: str) -> dict[str, Any]:
    prefix = f"uploaded-{kind}-{world.names[f'uploaded_{kind}'].pk}"
    return {f"{prefix}-title": "New", f"{prefix}-collection": world.collection.pk}


def _reorder(world: World) -> dict[str, Any]:
    from courses.queries.authoring import course_tree

    tree = course_tree(world.draft)
    turned = [(module.pk, [item.pk for item in reversed(module.children)]) for module in tree.modules]
    return {"version": tree.version, "order": json.dumps(turned)}


def _group(world: World) -> dict[str, Any]:
    prefixes = ("page_permissions", "collection_permissions", "image_permissions", "document_permissions")
    sets = [_formset(prefix) for prefix in prefixes]
    return {"name": "Renamed helpers", **{key: value for rows in sets for key, value in rows.items()}}


def _workflow(world: World) -> dict[str, Any]:
    return {
        "name": "New",
        "active": "on",
        **_formset("workflow_tasks", {"task": world.spare_task.pk, "ORDER": 0}),
        **_formset("pages"),
    }


def _person(world: World) -> dict[str, Any]:
    return {
        "email": "new@example.com",
        "name": "New",
        "language": "en",
        "time_zone": "Africa/Lagos",
        "country": "NG",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }


FORMS: dict[str, Callable[[World], dict[str, Any]]] = {
    # pages
    "lesson": _lesson,
    "copy": lambda world: {
        "new_title": "Copied",
        "new_slug": "copied",
        "new_parent_page": world.draft_module.pk,
        "copy_subpages": "",
    },
    "privacy": lambda world: {"restriction_type": "login"},
    "to_module": lambda world: {"chooser": world.module.pk},
    "copy_by_api": lambda world: {"destination_page_id": world.draft_module.pk, "title": "Copied", "slug": "copied"},
    "move_by_api": lambda world: {"destination_page_id": world.module.pk},
    "alias_by_api": lambda world: {"destination_page_id": world.draft_module.pk, "update_slug": "alias"},
    "revert_by_api": lambda world: {"revision_id": world.draft_revision.pk},
    "french_by_api": lambda world: {"locale": "fr"},
    # library
    "image": lambda world: {"title": "New", "file": _picture(), "collection": world.collection.pk},
    "image_part": lambda world: {"title": "New", "files[]": _picture(), "collection": world.collection.pk},
    "image_title": lambda world: {"title": "Renamed", "collection": world.collection.pk},
    "image_multiple": lambda world: {
        f"image-{world.image.pk}-title": "Renamed",
        f"image-{world.image.pk}-collection": world.collection.pk,
    },
    "image_chosen": lambda world: {
        "image-chooser-upload-title": "New",
        "image-chooser-upload-file": _picture(),
        "image-chooser-upload-collection": world.collection.pk,
    },
    "document": lambda world: {"title": "New", "file": _file(), "collection": world.collection.pk},
    "document_part": lambda world: {"title": "New", "files[]": _file(), "collection": world.collection.pk},
    "document_title": lambda world: {"title": "Renamed", "collection": world.collection.pk},
    "document_multiple": lambda world: {
        f"doc-{world.document.pk}-title": "Renamed",
        f"doc-{world.document.pk}-collection": world.collection.pk,
    },
    "document_chosen": lambda world: {
        "document-chooser-upload-title": "New",
        "document-chooser-upload-file": _file(),
        "document-chooser-upload-collection": world.collection.pk,
    },
    "uploaded_image": lambda world: _uploaded(world, "image"),
    "tags": lambda world: {"tags": "soil"},
    "into": lambda world: {"collection": world.empty_collection.pk},
    "collection": lambda world: {"name": "New", "parent": world.collection.get_parent().pk},
    "collection_name": lambda world: {"name": "Renamed", "parent": world.collection.get_parent().pk},
    "category": lambda world: {"title": "Renamed", "slug": "renamed", "description": ""},
    "term": lambda world: {"term": "Renamed", "slug": "renamed", "definition": "Soil."},
    "embed": lambda world: {"embed-chooser-url": "https://media.example.com/1"},
    # people
    "person": _person,
    "person_changed": lambda world: {**_person(world), "email": world.learner.email, "is_active": "on"},
    "role": lambda world: {"role": world.group.pk},
    "inactive": lambda world: {"mark_as_active": "False"},
    "group": _group,
    "grant": lambda world: {
        "learner": "other.learner@example.com",
        "course_key": str(world.paid.translation_key),
        "reason": "A gift.",
    },
    "rate": lambda world: {"base": "EUR", "quote": "USD", "rate": "1.16", "valid_from": "2026-11-02"},
    "offer": lambda world: {"key": str(world.fresh.translation_key), "pricing": "fixed", "is_on_sale": "on"},
    "offer_changed": lambda world: {"pricing": "choice", "is_on_sale": "on"},
    "price": lambda world: {"offer": world.offer.pk, "amount": "300", "currency": "XOF", "country": ""},
    "discount": lambda world: {"offer": world.offer.pk, "label": "Harvest", "percent": "10"},
    "new_coupon": lambda world: {"code": "NEWHARVEST", "percent": "10", "is_active": "on"},
    "tax": lambda world: {"country": "NG", "name": "VAT", "percent": "7.5", "valid_from": "2026-11-02"},
    "rounding": lambda world: {"currency": "NGN", "step": "100", "minus": "0.01", "direction": "up"},
    "reason": lambda world: {"reason": "A test."},
    "reissue": lambda world: {"learner_name": "Corrected"},
    "refund_asked": lambda world: {"amount": "100", "reason": "other", "key": "k"},
    "why": lambda world: {"note": "A test.", "explanation": "A test.", "reason": "A test."},
    "receipt": lambda world: {"receipt": "4711"},
    "statement": lambda world: {
        "file": SimpleUploadedFile("statement.xml", camt053("CM21", [Transfer("A gift", "500")]))
    },
    "match": lambda world: {"other": world.transfer.order.number},
    "compare": lambda world: {
        "provider": "mtn",
        "day": "2026-11-02",
        "file": SimpleUploadedFile("list.csv", b"reference,amount,currency,date\n1,100,XAF,2026-11-02\n"),
    },
    "payout_currency": lambda world: {"currency": "XAF"},
    "shares": lambda world: {"course_key": str(world.paid.translation_key), "shares": "instructor@example.com 1"},
    "terms_of_course": lambda world: {"course_key": str(world.paid.translation_key), "platform_percent": "20"},
    # courses and translations
    "new_course": lambda world: {"title": "New", "language": "en"},
    "reorder": _reorder,
    "approve": lambda world: {"answer": "approve"},
    "ask_changes": lambda world: {"answer": "request_changes", "comment": "More millet."},
    "member": lambda world: {"email": "other.instructor@example.com", "role": "co_author"},
    "translate": lambda world: {"locales": [world.french.pk]},
    "po": lambda world: {"file": SimpleUploadedFile("fr.po", str(world.translation.export_po()).encode())},
    "string": lambda world: {"value": "Traduit"},
    "override": lambda world: {"value": world.document.pk},
    "languages": lambda world: {"languages": ["fr"]},
    "translated": lambda world: {"text": "Un titre"},
    "translated_all": lambda world: {f"t-{world.woven_title}": "Un titre"},
    "send_anyway": lambda world: {"confirm": "1", "comment": "A start."},
    "po_of_page": lambda world: {"file": _po(world, page_key=world.woven_lesson_key)},
    "po_of_course": lambda world: {"file": _po(world, course_key=world.woven_key)},
    "translators_term": lambda world: {
        "source_locale": world.english.pk,
        "term": "husk",
        "target_locale": world.french.pk,
        "translation": "balle",
    },
    "terms": lambda world: {"file": SimpleUploadedFile("terms.csv", _TERMS.encode(), "text/csv")},
    # the school
    "workflow": _workflow,
    "task_chosen": lambda world: {"create-task-name": "New task", "create-task-groups": [world.group.pk]},
    "task": lambda world: {"name": "New task", "groups": [world.group.pk]},
    "redirect": lambda world: {
        "old_path": "/older",
        "site": world.site.pk,
        "is_permanent": "on",
        "redirect_link": "/newer",
    },
    "site": lambda world: {"hostname": "new.example.com", "port": 80, "root_page": world.home.pk},
    "site_changed": lambda world: {
        "hostname": world.site.hostname,
        "port": 8000,
        "root_page": world.home.pk,
        "is_default_site": "on",
    },
    "preferences": lambda world: {"theme-theme": "dark"},
    "dismissed": lambda world: {"whats-new": True},
    # the website and the apps' log-in
    "self_check": lambda world: {
        "question": world.self_check["id"],
        f"q-{world.self_check['id']}": world.self_check["value"]["options"][0]["id"],
    },
    "language": lambda world: {"language": "fr", "next": "/"},
    "notice": lambda world: {"id": str(world.notice_uid)},
    "choices": lambda world: {"on": ["subscriptions:mail"]},
    "saver": lambda world: {"saves_data": "on"},
    "profile": lambda world: {"name": "Renamed", "time_zone": "Africa/Lagos", "language": "fr"},
    "hand_in": lambda world: {"action": "submit"},
    "buy": lambda world: {"do": "add", "offer": str(world.paid_offer.public_id)},
    "cart_coupon": lambda world: {"do": "coupon", "code": "HARVEST"},
    "cancel": lambda world: {"do": "cancel"},
    "wish": lambda world: {"do": "add", "kind": "course", "key": str(world.course.translation_key)},
    "way_to_pay": lambda world: {"provider": "mtn", "phone-mtn": "+237670000001", "key": "k"},
    "subscribe": lambda world: {"do": "subscribe", "plan": str(world.plan_offer.public_id), "currency": "XAF"},
    "link": lambda world: {"do": "link", "label": "Radio"},
    "money_back": lambda world: {"reason": "changed_mind", "key": "k"},
    "answer": lambda world: {
        "question": world.asked["id"],
        "sequence": "7",
        f"q-{world.asked['id']}": world.asked_answer["option_ids"],
    },
    # notes and questions
    "says_watched": lambda world: {"watched": "1"},
    "a_note": lambda world: {"do": "note", "text": "In rows."},
    "a_question": lambda world: {"do": "ask", "text": "How deep?"},
    "hide_reply": lambda world: {"do": "hide", "id": str(world.reply_uid)},
    "hide_it": lambda world: {"do": "hide"},
    # videos
    "film": lambda world: {"file": _film()},
    "rendition": lambda world: {"rendition": "144p"},
    "video_facts": lambda world: {"title": "Renamed", "language": "en", "keeps_original": "on"},
    "captions": lambda world: {
        "caption-language": "fr",
        "caption-file": SimpleUploadedFile("new.vtt", CAPTIONS.encode(), "text/vtt"),
    },
    "cues": lambda world: {"cues": "", "vtt": CAPTIONS.replace("Still", "Again")},
    "chapters": lambda world: {"language": "en", "text": "0:00 Start"},
    "video_lessons": lambda world: {
        "module": world.draft_module.pk,
        "videos": [world.spare_video.pk],
    },
    "video_chosen": lambda world: {"video": str(world.spare_video.public_id)},
    "upload": lambda world: {"size": 1000, "filename": "film.mp4"},
    "play_claim": lambda world: {"session": "3f2b8a60-0000-4000-8000-000000000002"},
    "watch_report": lambda world: {
        "session": "3f2b8a60-0000-4000-8000-000000000001",
        "batches": [{"number": 1, "segments": [[0, 4]]}],
        "position_ms": 4000,
        "at": clock.now().isoformat(),
    },
    "slip": lambda world: {"file": SimpleUploadedFile("slip.pdf", b"%PDF-1.4 slip", "application/pdf")},
    "log_in": lambda world: {"login": "other.learner@example.com", "password": PASSWORD},
    "password": lambda world: {"password": PASSWORD},
    "add_email": lambda world: {"action_add": "", "email": "another@example.com"},
    "change_password": lambda world: {"oldpassword": PASSWORD, "password1": NEW_WORD, "password2": NEW_WORD},
    "app_password": lambda world: {"current_password": PASSWORD, "new_password": NEW_WORD},
    "app_email": lambda world: {"email": "another@example.com"},
}
