"""An ESC/POS printer on a real socket: it reads what is sent, and tells how it is.

Not a printer's every trick, but a strict reader: an unknown command fails the test.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CODE_PAGES = {
    0: "cp437", 2: "cp850", 13: "cp857", 14: "cp737", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858",
}  # fmt: skip
SKIPPED = {  # command -> bytes of its parameters
    b"\x1b@": 0, b"\x1b!": 1, b"\x1bE": 1, b"\x1ba": 1, b"\x1bM": 1, b"\x1b-": 1, b"\x1b{": 1,
    b"\x1dB": 1, b"\x1db": 1, b"\x1bd": 1, b"\x1dh": 1, b"\x1dw": 1, b"\x1dH": 1, b"\x1d!": 1,
}  # fmt: skip


@dataclass
class Paper:
    """What came out: `lines` of text; `events` in order: kick, image, bars …, qr …, cut."""

    lines: list[str] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read(data: bytes) -> Paper:
    """Decode what a printer was sent."""
    paper, page, line, at = Paper(), "cp437", "", 0
    while at < len(data):
        two = data[at : at + 2]
        if data[at] == 0x0A:
            paper.lines.append(line)
            line, at = "", at + 1
        elif two == b"\x1bt":
            page, at = CODE_PAGES[data[at + 2]], at + 3
        elif two in BIG:
            at += BIG[two](paper, data[at:])
        elif two in SKIPPED:
            at += 2 + SKIPPED[two]
        else:
            assert data[at] >= 0x20, f"unknown command {data[at : at + 6]!r}"
            line += bytes(data[at : at + 1]).decode(page)
            at += 1
    return paper


# Each notes what it means and returns how long it is.


def _kick(paper: Paper, data: bytes) -> int:
    paper.events.append("kick")
    return 5


def _cut(paper: Paper, data: bytes) -> int:
    paper.events.append("cut")
    return 4 if data[2] in (65, 66) else 3


def _image(paper: Paper, data: bytes) -> int:
    width, height = (int.from_bytes(data[at : at + 2], "little") for at in (4, 6))
    paper.events.append(("image", width * 8, height))
    paper.lines.append("[picture]")
    return 8 + width * height


def _bars(paper: Paper, data: bytes) -> int:
    assert data[2] == 73, "Code 128"
    paper.events.append(("bars", data[4 : 4 + data[3]]))
    return 4 + data[3]


def _code(paper: Paper, data: bytes) -> int:
    assert data[2:3] == b"k", "GS ( k"
    size = int.from_bytes(data[3:5], "little")
    if data[6:7] == b"P":
        paper.events.append(("qr", data[8 : 5 + size].decode()))
    return 5 + size


BIG: dict[bytes, Callable[[Paper, bytes], int]] = {
    b"\x1bp": _kick,
    b"\x1dV": _cut,
    b"\x1dv": _image,
    b"\x1dk": _bars,
    b"\x1d(": _code,
    b"\x10\x04": lambda _paper, _data: 3,  # asked in between
}


class PrinterSimulator:
    """`with PrinterSimulator() as printer`: listens on `port` of this machine.

    Set while it runs: `has_paper`, `is_open` (the cover), `is_mute` (knows no DLE EOT), `is_stuck`
    (takes the connection and nothing more). `off()` and `on()` pull the plug.
    """

    def __init__(self) -> None:
        self.has_paper, self.is_open, self.is_mute, self.is_stuck = True, False, False, False
        self.jobs: list[bytes] = []
        self.connections = 0
        self.port = 0
        self._listener: socket.socket | None = None

    def __enter__(self) -> PrinterSimulator:
        self.on()
        return self

    def __exit__(self, *_error: object) -> None:
        self.off()

    def on(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, args=(self._listener,), daemon=True).start()

    def off(self) -> None:
        if self._listener:
            # Wakes up accept(), which a mere close() leaves waiting.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def papers(self) -> list[Paper]:
        """What came out so far, job by job."""
        end = time.monotonic() + 2
        while self.connections > len(self.jobs) and time.monotonic() < end:
            time.sleep(0.01)
        return [
            read(job)
            for job in self.jobs
            if job.replace(b"\x10\x04\x02", b"").replace(b"\x10\x04\x04", b"")
        ]

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _address = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        job = b""
        with line:
            if self.is_stuck:
                time.sleep(8)
            while True:
                try:
                    data = line.recv(65536)
                except OSError:
                    break
                if not data:
                    break
                job += data
                if not self.is_mute:
                    self._answer(line, data)
        self.jobs.append(job)

    def _answer(self, line: socket.socket, data: bytes) -> None:
        for place in range(len(data) - 2):
            if data[place : place + 2] == b"\x10\x04" and data[place + 2] in (2, 4):
                line.sendall(bytes((self._status(data[place + 2]),)))

    def _status(self, what: int) -> int:
        if what == 2:
            return 0x12 | (0x04 if self.is_open else 0) | (0 if self.has_paper else 0x20)
        return 0x12 | (0 if self.has_paper else 0x60)
