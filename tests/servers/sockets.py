"""Tests talk to this machine only: a connection to anywhere else is an error of the test."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


class OutsideWorld(RuntimeError):
    """A test tried to reach an address that is not this machine."""


def _is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(name).split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def close_sockets_to_the_world(patch: pytest.MonkeyPatch) -> None:
    """Refuse name look-ups and connections beyond the loopback address for as long as `patch` lasts."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(line: socket.socket, address) -> None:
        if line.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise OutsideWorld(f"A test tried to connect to {address[0]}: only this machine may be reached.")

    def guarded_connect(line, address):
        check(line, address)
        return connect(line, address)

    def guarded_connect_ex(line, address):
        check(line, address)
        return connect_ex(line, address)

    def guarded_look_up(host, *args, **kwargs):
        if not _is_here(host):
            raise OutsideWorld(f"A test tried to look up {host!r}: only this machine may be reached.")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
