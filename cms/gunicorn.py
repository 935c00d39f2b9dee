"""How gunicorn serves the school: threads, so that a slow phone on a slow line keeps nobody else waiting."""

import os
from pathlib import Path

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
# One process by default: the embedded cache lives in its memory, and SQLite has one writer anyway.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60  # seconds without a sign of life from a worker
graceful_timeout = 20
keepalive = 5
# A worker starts afresh now and then, not all at the same request.
max_requests = 5000 if workers > 1 else 0
max_requests_jitter = 500
# Heartbeat files belong in memory; a busy disk would make live workers look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Would write below the home folder; state belongs below VAR_DIR alone.
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
accesslog = "-" if os.environ.get("ACCESS_LOG") else None
