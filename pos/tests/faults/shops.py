"""A real shop of its own: a fresh database, and a real server that may be killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

PATIENCE = 60  # seconds to start or to answer
TOKEN = "t" * 32  # a CSRF token, in the cookie and in the header


class Shop:
    """The database at `url`, and a server with two workers in a process group of its own."""

    def __init__(self, url: str, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.server: subprocess.Popen[str] | None = None
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "DATA_DIR": str(directory),
            "SECRET_KEY": "only-for-tests",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "HTTPS": "0",
            "POS_DEMO": "0",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "4",
        }

    def run(self, *arguments: str) -> str:
        """Run Python in this shop's environment; its standard output."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            check=True,
            timeout=PATIENCE,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def ask(self, script: str) -> Any:
        """What one of the scripts beside this module prints."""
        return json.loads(self.run("-m", f"pos.tests.faults.{script}"))

    def open(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-c", "config/gunicorn.conf.py"]
        log = self.directory / "server.log"
        with log.open("a") as errors:
            self.server = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        assert self.server.stdout is not None
        for line in self.server.stdout:  # it says so itself when it is open
            if "is open at" in line:
                return
        raise AssertionError(log.read_text())

    def kill(self) -> None:
        """Master and workers at once, as a power cut would."""
        if self.server is None:
            return
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()
        assert self.server.stdout is not None
        self.server.stdout.close()
        self.server = None

    def headers(self, session: str) -> dict[str, str]:
        return {
            "Host": f"127.0.0.1:{self.port}",
            "Content-Type": "application/json",
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
        }

    def post(self, session: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """One checkout over HTTP. Raises OSError or HTTPException when the server dies meanwhile."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            content = json.dumps(body)
            connection.request("POST", "/admin/register/checkout/", content, self.headers(session))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def post_and_hang_up(self, session: str, body: dict[str, Any]) -> None:
        """One checkout whose answer comes and is not read."""
        content = json.dumps(body).encode()
        head = "POST /admin/register/checkout/ HTTP/1.1\r\n"
        fields = self.headers(session) | {"Content-Length": str(len(content))}
        head += "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            line.sendall(head.encode() + content)
            assert line.recv(1) == b"H"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
