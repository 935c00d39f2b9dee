"""One document for each operation of the schema, and what its answer means for who asked."""

import json
from typing import Any

from django.conf import settings

from api.tests.calls import (
    CHECK,
    COMPLETE,
    COURSE_FIELDS,
    COURSES,
    ENROLL,
    LESSON,
    ME,
    QUESTIONS,
    QUIZ,
    SAVE,
    START,
    SUBMIT,
)
from api.tests.moment_calls import (
    ADD_BOOKMARK,
    NOTES_MARKDOWN,
    OPEN_THREAD,
    REMOVE_BOOKMARK,
    REMOVE_NOTE,
    REPLY,
    REPORT,
    SAVE_NOTE,
    mark_answered,
    on_comment,
)
from api.tests.shop_calls import (
    ADD_TO_CART,
    ADD_WISH,
    APPLY_COUPON,
    CANCEL_ORDER,
    CANCEL_PAYMENT,
    CART,
    CHANGE_METHOD,
    CHANGE_PLAN,
    CHECK_PAYMENT,
    CHECKOUT,
    CLAIM_GIFT,
    CREATE_REFERRAL_LINK,
    EARNINGS,
    OFFER,
    OPEN_CARD_PAGE,
    ORDER,
    ORDERS,
    PAY_ORDER,
    PAYMENT_METHODS,
    PLAN_CHANGE,
    PLANS,
    REFUNDABLE,
    REMOVE_FROM_CART,
    REMOVE_WISH,
    REQUEST_REFUND,
    SAVE_PAYOUT_ACCOUNT,
    SUBSCRIBE,
    SUBSCRIPTIONS,
    SWITCH_REFERRAL_LINK,
    WISHLIST,
    on_subscription,
)
from api.tests.test_videos import DOWNLOAD, END, GRANT, RENEW
from api.tests.test_watch import REPORT_WATCH, STATISTICS
from core import clock
from tests.roles.knocking import Knock, Knocker
from tests.roles.people import Outcome
from tests.roles.rows import Row, argument_of
from tests.roles.school import World

__all__ = ["DOCUMENTS", "ask"]

_SESSION = "3f2b8a60-0000-4000-8000-000000000001"
_ACCOUNT = {
    "currency": "XAF",
    "country": "CM",
    "method": "BANK",
    "holder": "Kofi Mensah",
    "bank": "Ecobank",
    "accountNumber": "10003001000500000605306",
}
_PATH = f"slug title stages {{ courses {{ {COURSE_FIELDS} }} }}"
_SEARCH = (
    'searchInside(query: "okra") { totalCount edges { node { lesson { id } excerpt { text } startSeconds url } } }'
)
DOCUMENTS = {
    "setDataSaver": "mutation { setDataSaver(input: {isOn: true}) { savesData errors { code } } }",
    "courses": COURSES,
    "course": f"query ($id: ID!) {{ course(id: $id) {{ {COURSE_FIELDS} body {{ id __typename }} {_SEARCH} }} }}",
    "lesson": LESSON,
    "quiz": QUIZ,
    "quizAttempt": f"query ($id: ID!) {{ quizAttempt(id: $id) {{ id state score questions {{ {QUESTIONS} }} }} }}",
    "learningPaths": f"{{ learningPaths(first: 2) {{ edges {{ node {{ {_PATH} }} }} }} }}",
    "learningPath": f"query ($id: String!) {{ learningPath(slug: $id) {{ {_PATH} }} }}",
    "me": ME,
    "certificate": """query ($id: String!) {
        certificate(number: $id) { number learnerName courseTitle issuedOn isRevoked } }""",
    "preview": f"query ($id: String!) {{ preview(token: $id) {{ kind title questions {{ {QUESTIONS} }} }} }}",
    "enrollInCourse": ENROLL,
    "openLesson": COMPLETE.replace("completeLesson", "openLesson"),
    "completeLesson": COMPLETE,
    "startQuizAttempt": START,
    "saveAnswer": SAVE,
    "submitQuizAttempt": SUBMIT,
    "checkSelfCheck": CHECK,
    "notifications": "{ notifications { edges { node { id title text url } } } }",
    "unreadNotificationCount": "{ unreadNotificationCount }",
    "notificationPreferences": "{ notificationPreferences { category channel isOn } }",
    "markNotificationsRead": """mutation ($id: ID!) { markNotificationsRead(input: {ids: [$id]}) {
        marked errors { code } } }""",
    "setNotificationPreference": """mutation ($id: String!) { setNotificationPreference(
        input: {category: $id, channel: MAIL, isOn: false}) { preference { isOn } errors { code } } }""",
    "offer": OFFER,
    "cart": CART,
    "addToCart": ADD_TO_CART,
    "removeFromCart": REMOVE_FROM_CART,
    "applyCoupon": APPLY_COUPON,
    "checkout": CHECKOUT,
    "paymentMethods": PAYMENT_METHODS,
    "order": ORDER,
    "orders": ORDERS,
    "payOrder": PAY_ORDER,
    "checkPayment": CHECK_PAYMENT,
    "cancelPayment": CANCEL_PAYMENT,
    "cancelOrder": CANCEL_ORDER,
    "refundable": REFUNDABLE,
    "requestRefund": REQUEST_REFUND,
    "notesMarkdown": NOTES_MARKDOWN,
    "addBookmark": ADD_BOOKMARK,
    "removeBookmark": REMOVE_BOOKMARK,
    "saveNote": SAVE_NOTE,
    "removeNote": REMOVE_NOTE,
    "openThread": OPEN_THREAD,
    "replyToThread": REPLY,
    "editComment": on_comment("editComment", ', text: "Why not?"'),
    "reportComment": REPORT,
    "hideComment": on_comment("hideComment", ", reason: SPAM"),
    "markAnswered": mark_answered(),
    **{name: on_comment(name) for name in ("removeComment", "restoreComment")},
    "grantPlayback": GRANT,
    "renewPlayback": RENEW,
    "endPlayback": END,
    "downloadVideo": DOWNLOAD,
    "reportWatch": REPORT_WATCH,
    "videoStatistics": STATISTICS,
    "claimGift": CLAIM_GIFT.replace("$token", "$id"),
    "wishlist": WISHLIST,
    "addWish": ADD_WISH,
    "removeWish": REMOVE_WISH,
    "plans": PLANS,
    "subscriptions": SUBSCRIPTIONS,
    "subscribe": SUBSCRIBE,
    "planChange": PLAN_CHANGE,
    "changePlan": CHANGE_PLAN,
    "changeSubscriptionMethod": CHANGE_METHOD,
    "openCardPage": OPEN_CARD_PAGE,
    **{name: on_subscription(name) for name in ("cancelSubscription", "pauseSubscription", "resumeSubscription")},
    "earnings": EARNINGS,
    "savePayoutAccount": SAVE_PAYOUT_ACCOUNT,
    "createReferralLink": CREATE_REFERRAL_LINK,
    "switchReferralLink": SWITCH_REFERRAL_LINK,
}


def ask(knocker: Knocker, who: str, row: Row) -> Knock:
    """Send a row's operation; ``override`` says what a 200 means."""
    body = json.dumps({"query": DOCUMENTS[row.name], "variables": _variables(knocker.world, row)})
    found = knocker.knock(who, "POST", "/graphql/", body, content_type="application/json")
    found.override = _meaning(json.loads(found.body), row.name) or found.override
    return found


def _variables(world: World, row: Row) -> dict[str, Any]:
    target = str(argument_of(world, row.arguments[0])) if row.arguments else None
    asked, check = world.asked, world.self_check
    return {
        "saveAnswer": lambda: {
            "attempt": target,
            "question": asked["id"],
            "answer": {"optionIds": world.asked_answer["option_ids"]},
            "sequence": 7,
        },
        "checkSelfCheck": lambda: {
            "lesson": target,
            "question": check["id"],
            "answer": {"optionIds": [check["value"]["options"][0]["id"]]},
        },
        "cart": lambda: {"token": target},
        "addToCart": lambda: {"input": {"offerId": target}},
        "removeFromCart": lambda: {
            "input": {"lineId": target, "cartToken": str(argument_of(world, row.arguments[1]))},
        },
        "applyCoupon": lambda: {"input": {"code": "HARVEST", "cartToken": target}},
        "checkout": lambda: {"input": {"idempotencyKey": "k", "cartToken": target}},
        "addBookmark": lambda: {"input": {"lessonId": target, "videoId": str(world.video_uid), "atMs": 2000}},
        "saveNote": lambda: {"input": {"lessonId": target, "text": "Rows."}},
        "openThread": lambda: {"input": {"lessonId": target, "text": "How deep?"}},
        "replyToThread": lambda: {"id": target, "text": "So deep."},
        "reportComment": lambda: {"id": target, "reason": "SPAM"},
        "grantPlayback": lambda: {"input": {"videoId": target, "sessionId": _SESSION}},
        "renewPlayback": lambda: {"input": {"videoId": target, "sessionId": _SESSION}},
        "downloadVideo": lambda: {"input": {"videoId": target, "rendition": "144p"}},
        "endPlayback": lambda: {"input": {"sessionId": target}},
        "reportWatch": lambda: {
            "input": {
                "videoId": target,
                "sessionId": _SESSION,
                "batches": [{"number": 0, "segments": [{"start": 0, "end": 4}]}],
                "positionMs": 4000,
                "at": clock.now().isoformat(),
            }
        },
        "paymentMethods": lambda: {"country": "CM", "currency": "XAF", "amount": "25000"},
        "payOrder": lambda: {"input": {"orderId": target, "provider": "mtn", "idempotencyKey": "k"}},
        "requestRefund": lambda: {"input": {"orderId": target, "reason": "OTHER", "idempotencyKey": "k"}},
        "addWish": lambda: {"course": target},
        "removeWish": lambda: {"course": target},
        "subscribe": lambda: {"input": {"offerId": target}},
        "planChange": lambda: {"subscription": target, "offer": str(world.plan_offer_uid)},
        "changePlan": lambda: {"input": {"subscriptionId": target, "offerId": str(world.plan_offer_uid)}},
        "changeSubscriptionMethod": lambda: {"input": {"subscriptionId": target}},
        "openCardPage": lambda: {"input": {"subscriptionId": target, "returnUrl": f"{settings.SITE_URL}/"}},
        "savePayoutAccount": lambda: {"input": {**_ACCOUNT, "provider": target}},
        "createReferralLink": lambda: {"label": "Radio"},
        "switchReferralLink": lambda: {"id": target, "on": False},
    }.get(row.name, lambda: {"id": target} if target else {})()


def _meaning(answer: dict[str, Any], name: str) -> str | None:
    """A denial's letter, or None for an answer that gives what was asked for."""
    if "errors" in answer:
        code = answer["errors"][0]["extensions"]["code"]
        if code in ("BAD_REQUEST", "INTERNAL", "QUERY_TOO_EXPENSIVE"):
            return code
        return _denial(code.lower())
    value = answer["data"][name]
    if value is None:
        return Outcome.HIDDEN
    if not isinstance(value, dict):
        return None
    if value.get("isLocked"):
        return "unlocked body" if value.get("body") else Outcome.REFUSED
    if not value.get("errors"):
        return None
    return _denial(value["errors"][0]["code"])


def _denial(code: str) -> str:
    if code == "not_logged_in":
        return Outcome.LOGIN
    return Outcome.HIDDEN if code.endswith("not_found") else Outcome.REFUSED
