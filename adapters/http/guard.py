"""Which addresses a person may have us connect to.

The judge looks at the address of the socket that is about to connect, never at a name or a URL: a name can resolve
differently a second later, and an IP literal never reaches a resolver (aiohttp's `socket_factory` sees both).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from yarl import URL

from bot.ports import SettingError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = frozenset({80, 443})
#: not public, although `ipaddress.is_global` says so in some version of Python:
#: carrier-grade NAT, IETF protocol assignments, benchmarking, 6to4 relays (RFC 6598, 6890, 2544, 7526)
_CLOSED_4 = tuple(map(ipaddress.IPv4Network, ("100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "192.88.99.0/24")))
#: global unicast (RFC 4291); what is not in it is loopback, mapped, compatible, site-local, multicast or unassigned
_OPEN_6 = ipaddress.IPv6Network("2000::/3")
#: IETF assignments with Teredo (RFC 2928), documentation (RFC 3849, 9637), 6to4 (RFC 3056)
_CLOSED_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16")))
#: the well-known NAT64 prefix (RFC 6052): how a network without IPv4 reaches an IPv4 address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Guard:
    """Lets sockets connect to public addresses on ports 80 and 443, and to what the operator allowed."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        """`allow` names addresses with their port, "10.0.5.7:8080" or "[fd00::7]:80".

        Raises SettingError for anything else, a name included.
        """
        self._allowed = frozenset(map(_endpoint, allow))
        self._ports = _PORTS | {port for _, port in self._allowed}

    def permits_port(self, port: int | None) -> bool:
        """True when something may be asked on that port; spares a look-up of the name, decides nothing alone."""
        return port in self._ports

    def permits(self, address: str, port: int) -> bool:
        """True when a socket may connect to that address and port."""
        ip = ipaddress.ip_address(address)
        return (ip, port) in self._allowed or (port in _PORTS and is_public(ip))

    def open_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """What aiohttp asks as `socket_factory`: a socket for one item of `getaddrinfo`, or OSError."""
        family, kind, protocol, _, address = info
        if not self.permits(address[0], address[1]):
            raise OSError("not a public address")
        return socket.socket(family, kind, protocol)


def is_public(ip: IPAddress) -> bool:
    """True for an address that anybody on the internet could reach."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or (ipaddress.IPv4Address(ip.packed[-4:]) if ip in _NAT64 else None)
        if inner is None:
            return ip.is_global and ip in _OPEN_6 and not any(ip in network for network in _CLOSED_6)
        ip = inner
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _CLOSED_4)


def trusted(name: str, address: str) -> str:
    """An address that the operator gave in the setting of that name, asked as it is. Raises SettingError."""
    try:
        url = URL(address)
        good = url.scheme in {"http", "https"} and bool(url.host)
    except ValueError:
        good = False
    if not good:
        raise SettingError(f"{name} “{address}” is not an address: it begins with https:// and a host.")
    return address


def is_loopback(address: str) -> bool:
    """True for an address on this machine, by its host's name, where nobody needs to be spared."""
    return _host(address) in ("127.0.0.1", "::1", "localhost")


def is_sealed(address: str, scheme: str = "https") -> bool:
    """True for an address of that scheme, which ends in "s", or without the "s" on this machine: nobody reads along."""
    if address.startswith(f"{scheme}://"):
        return bool(_host(address))
    return address.startswith(f"{scheme.removesuffix('s')}://") and is_loopback(address)


def _host(address: str) -> str:
    """The name of the host; "" for an address without one."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _endpoint(text: str) -> tuple[IPAddress, int]:
    address, _, port = text.strip().rpartition(":")
    try:
        return ipaddress.ip_address(address.removeprefix("[").removesuffix("]")), int(port)
    except ValueError:
        raise SettingError(f"“{text}” is not an address with a port, such as 10.0.5.7:8080.") from None
