"""Background work: Celery over files when nothing is configured, over Redis by ``REDIS_URL``.

Wagtail's own small tasks (search index, image rendition) run at once, in the request.
"""

from typing import Any

from cms.settings.env import IS_TEST, REDIS_URL, VAR_DIR, env

__all__ = [
    "CELERY_BEAT_SCHEDULE",
    "CELERY_BEAT_SCHEDULE_FILENAME",
    "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP",
    "CELERY_BROKER_TRANSPORT_OPTIONS",
    "CELERY_BROKER_URL",
    "CELERY_TASK_ACKS_LATE",
    "CELERY_TASK_ALWAYS_EAGER",
    "CELERY_TASK_IGNORE_RESULT",
    "CELERY_TASK_ROUTES",
    "CELERY_TASK_TIME_LIMIT",
    "CELERY_TIMEZONE",
    "CELERY_WORKER_PREFETCH_MULTIPLIER",
    "OUTBOX_ALARM_SECONDS",
    "OUTBOX_DISPATCH_ON_COMMIT",
    "PAYMENT_NUDGES",
]

CELERY_BROKER_URL: str
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # With kombu's own defaults a request that sends a task waits six seconds for a broker that is down.
    _give_up_soon = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 1, **_give_up_soon}
else:
    _queue = VAR_DIR / "queue"
    for _name in ("messages", "processed", "control"):
        (_queue / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "processed_folder": str(_queue / "processed"),
        "control_folder": str(_queue / "control"),
    }

CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600  # seconds
#: ffmpeg takes every core for hours: a worker of its own does that, and payments never wait for it.
CELERY_TASK_ROUTES = {name: {"queue": "videos"} for name in ("videos.process_video", "videos.make_copy")}
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ALWAYS_EAGER = IS_TEST
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # What a lost message or a dead worker left behind is picked up again; seconds.
    "dispatch-outbox": {"task": "core.dispatch_outbox", "schedule": 10.0},
    "sweep-core-tables": {"task": "core.sweep", "schedule": 3600.0},
    "clear-expired-sessions": {"task": "accounts.clear_expired_sessions", "schedule": 86_400.0},
    "expire-enrollments": {"task": "commerce.expire_enrollments", "schedule": 300.0},
    "renew-subscriptions": {
        "task": "commerce.renew_subscriptions",
        "schedule": 300.0,
        "options": {"expires": 600},
    },
    "expire-orders": {"task": "commerce.expire_orders", "schedule": 600.0},
    "remind-of-payments": {"task": "commerce.remind_of_payments", "schedule": 3600.0},
    "sweep-carts": {"task": "commerce.sweep_carts", "schedule": 86_400.0},
    "sweep-provider-log": {"task": "commerce.sweep_provider_log", "schedule": 86_400.0},
    # A run that no worker takes up in time is worth nothing: the next one does its work.
    "poll-payments": {"task": "commerce.poll_payments", "schedule": 5.0, "options": {"expires": 10}},
    "process-provider-events": {
        "task": "commerce.process_due_events",
        "schedule": 10.0,
        "options": {"expires": 20},
    },
    "sweep-fulfilments": {"task": "commerce.sweep_fulfilments", "schedule": 60.0, "options": {"expires": 120}},
    "watch-payments": {"task": "commerce.watch_payments", "schedule": 60.0, "options": {"expires": 120}},
    "catch-up-payments": {"task": "commerce.catch_up", "schedule": 3600.0},
    "fetch-exchange-rates": {"task": "commerce.fetch_exchange_rates", "schedule": 21_600.0},
    "reconcile-payments": {"task": "commerce.reconcile", "schedule": 86_400.0},
    "settle-refunds": {"task": "commerce.settle_refunds", "schedule": 20.0, "options": {"expires": 40}},
    "settle-payouts": {"task": "commerce.settle_payouts", "schedule": 20.0, "options": {"expires": 40}},
    "share-pool": {"task": "commerce.share_pool", "schedule": 3600.0},
    "check-books": {"task": "commerce.check_books", "schedule": 86_400.0},
    "resume-translation-jobs": {"task": "translation.resume_jobs", "schedule": 60.0},
    "sweep-translation-jobs": {"task": "translation.sweep_jobs", "schedule": 86_400.0},
    "refresh-translation-sources": {"task": "translation.refresh_sources", "schedule": 3600.0},
    "send-waiting-mails": {"task": "notifications.send_waiting_mails", "schedule": 60.0},
    "sweep-notifications": {"task": "notifications.sweep", "schedule": 86_400.0},
    "resume-videos": {"task": "videos.resume_videos", "schedule": 60.0, "options": {"expires": 120}},
    "resume-copies": {"task": "videos.resume_copies", "schedule": 60.0, "options": {"expires": 120}},
    "sweep-copies": {"task": "videos.sweep_copies", "schedule": 3600.0},
    "sweep-video-work": {"task": "videos.sweep_work", "schedule": 3600.0},
    "sweep-video-assets": {"task": "videos.sweep_assets", "schedule": 3600.0, "options": {"expires": 3600}},
    "fold-watch": {"task": "videos.fold_watch", "schedule": 15.0, "options": {"expires": 30}},
    "fold-quality": {"task": "videos.fold_quality", "schedule": 300.0, "options": {"expires": 600}},
    "sweep-watch": {"task": "videos.sweep_watch", "schedule": 86_400.0},
    "sweep-uploads": {"task": "videos.sweep_uploads", "schedule": 600.0, "options": {"expires": 1200}},
    "sweep-video-originals": {"task": "videos.sweep_originals", "schedule": 86_400.0},
    "submit-overdue-attempts": {"task": "learning.submit_overdue_attempts", "schedule": 60.0},
}
#: Ask a worker to dispatch right after the commit, besides the sweep every ten seconds.
OUTBOX_DISPATCH_ON_COMMIT = True
#: An event that waits longer raises an alarm in ``/readyz`` and in the log: the sweep takes it up within ten seconds.
OUTBOX_ALARM_SECONDS: int = env.int("OUTBOX_ALARM_SECONDS", default=600)
#: Have a worker look at a provider's message right after it is stored, besides the sweep every ten seconds.
PAYMENT_NUDGES = True
