"""How gunicorn serves the shop: `gunicorn config.wsgi -c config/gunicorn.conf.py`."""

import multiprocessing
import os
import signal
from pathlib import Path

host = os.environ.get("HOST", "127.0.0.1")
port = os.environ.get("PORT", "8000")
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

# Pages are made by the processor: one process per core, at least two so that one slow report never
# holds up the tills. Threads wait for the database. Every thread keeps one connection open.
workers = int(os.environ.get("WEB_CONCURRENCY", min(max(multiprocessing.cpu_count(), 2), 8)))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))

# A big import may take its time; on a stop, sales that are under way are finished first.
timeout = 120
graceful_timeout = 30
keepalive = 5
# Heartbeats must not wait for the disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "WARNING").lower()


def post_worker_init(worker):
    """Ctrl+C reaches all processes; told twice to stop, a worker can lock itself up. The first
    process alone hears it and tells the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def when_ready(server):
    """Say where the shop is, once it is really there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    print(f"\n  Tilldesk is open at http://{shown}:{port}/  (Ctrl+C closes it)")
    if settings.POS_DEMO:
        print(
            "  Sign in as ana (seller), max (manager), root (administrator), sam (stock keeper),\n"
            "  ada (auditor) or eve (seller of the other store). The password is tilldesk."
        )
    print(flush=True)
