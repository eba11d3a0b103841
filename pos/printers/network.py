"""Speaking to a printer in the shop's own network. Only there: see `checked_address`."""

from __future__ import annotations

import ipaddress
import socket
import time

from django.conf import settings
from django.utils.translation import gettext as _

PATIENCE = 2.0  # seconds for everything before the paper moves
STATUS_PATIENCE = 0.4  # a printer that knows DLE EOT answers at once; some never do
SENDING = 5.0  # a long receipt on a slow line
OFFLINE, PAPER = 2, 4  # what DLE EOT asks about
COVER_BIT, PAPER_END_BIT, ERROR_BIT = 0x04, 0x20, 0x40
PAPER_BITS = 0x60
# Every real answer has these bits so; anything else is no status.
FIXED_BITS, FIXED = 0x93, 0x12


class PrinterTrouble(Exception):
    """Nothing came out, or not all of it. The text is for the cashier."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def checked_address(host: str, port: int) -> tuple[str, int]:
    """The address to connect to. Raises PrinterTrouble unless it is a printer's place.

    A number, never a name: what a name leads to can change between the check and the connection.
    Private or the machine itself, never link-local, where clouds keep their secrets; and only the
    ports that printers use, so that nobody makes the server talk to a database.
    """
    try:
        address = ipaddress.ip_address(host.strip())
    except ValueError:
        raise PrinterTrouble(
            "address", _("Type the printer's IP address, for example 192.168.1.50.")
        ) from None
    address = getattr(address, "ipv4_mapped", None) or address
    is_near = address.is_private and not (
        address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or (address.is_reserved and not address.is_loopback)
    )
    if not is_near:
        raise PrinterTrouble("address", _("A printer's address must be in your own network."))
    if port not in settings.PRINTER_PORTS:
        ports = ", ".join(str(each) for each in settings.PRINTER_PORTS)
        raise PrinterTrouble(
            "port", _("A printer listens on one of these ports: %(ports)s.") % {"ports": ports}
        )
    return str(address), port


def send(host: str, port: int, data: bytes) -> None:
    """Print `data`. Raises PrinterTrouble when the printer is off, open, or out of paper."""
    address = checked_address(host, port)
    end = time.monotonic() + PATIENCE
    try:
        with socket.create_connection(address, timeout=PATIENCE) as line:
            _refuse_trouble(line, end)
            line.settimeout(SENDING)
            line.sendall(data)
            _refuse_trouble(line, time.monotonic() + PATIENCE)
            line.shutdown(socket.SHUT_WR)
    except TimeoutError:
        raise PrinterTrouble("slow", _("The printer does not answer.")) from None
    except OSError:
        raise PrinterTrouble("off", _("The printer is off or not connected.")) from None


def _refuse_trouble(line: socket.socket, end: float) -> None:
    """Ask how it is; one that never answers is taken at its best."""
    offline = _ask(line, OFFLINE, end)
    if offline is None:
        return
    paper = _ask(line, PAPER, end) or 0
    if offline & COVER_BIT:
        raise PrinterTrouble("cover", _("The printer's cover is open."))
    if offline & PAPER_END_BIT or paper & PAPER_BITS == PAPER_BITS:
        raise PrinterTrouble("paper", _("The printer is out of paper."))
    if offline & ERROR_BIT:
        raise PrinterTrouble("error", _("The printer reports an error: look at its lights."))


def _ask(line: socket.socket, what: int, end: float) -> int | None:
    line.settimeout(max(0.05, min(STATUS_PATIENCE, end - time.monotonic())))
    line.sendall(bytes((0x10, 0x04, what)))
    try:
        answer = line.recv(1)
    except TimeoutError:
        return None
    if not answer or answer[0] & FIXED_BITS != FIXED:
        return None
    return answer[0]
