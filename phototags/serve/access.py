"""Who may ask: the names of this host, pages of other sites, and the token."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from phototags.serve.refusals import RefusalError

COOKIE = "phototags_session"
HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
OPEN = ("/", "/session", "/health")
"""Paths that need no token, besides `/static/`: they hold nothing of anybody's."""


@dataclass(frozen=True)
class Access:
    """The rules of access.

    Args:
        hosts: names by which this service is called.
        addresses: whether any address is such a name, for a service that others reach; no name
            server can lead a browser to an address.
        token: of at least 16 characters; None lets all in who reach the service.
    """

    hosts: frozenset[str] = frozenset(LOOPBACK)
    addresses: bool = False
    token: str | None = None

    def check(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Check a request before it is carried out.

        Args:
            headers: with names in small letters.

        Raises:
            RefusalError: `wrong_host` for a name that is not ours, which a name server of a
                stranger may have led here (DNS rebinding); `cross_site` for what the page of
                another site asks; `no_token`.
        """
        host = headers.get("host", "")
        if not self._knows(host):
            raise RefusalError(
                403,
                "wrong_host",
                f"this service is not called {host!r:.100}; name it with --allow-host",
            )
        self._check_site(method, path, host, headers)
        if self.token and path not in OPEN and not path.startswith("/static/"):
            self._check_token(headers)

    def _knows(self, host: str) -> bool:
        found = HOST.fullmatch(host.lower())
        name = (found[1] or found[2]) if found else ""
        return name in self.hosts or (self.addresses and is_address(name))

    def _check_site(self, method: str, path: str, host: str, headers: Mapping[str, str]) -> None:
        origin = headers.get("origin")
        foreign = origin is not None and urlsplit_host(origin) != host.lower()
        site = headers.get("sec-fetch-site", "none")
        if site not in ("same-origin", "none"):
            # A link on another site may lead to the page, and to nothing else.
            foreign |= not (method == "GET" and path == "/")
        if foreign:
            raise RefusalError(403, "cross_site", "pages of other sites may not use this service")

    def _check_token(self, headers: Mapping[str, str]) -> None:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self.accepts(given.strip()):
            return
        if hmac.compare_digest(read_cookie(headers.get("cookie", "")), self.session.encode()):
            return
        raise RefusalError(
            401,
            "no_token",
            "expected the token that `phototags serve` printed, as `Authorization: Bearer TOKEN`",
            {"WWW-Authenticate": "Bearer"},
        )

    def accepts(self, token: str) -> bool:
        """Whether this is the token, in a time that does not tell how much of it is right."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    @property
    def session(self) -> str:
        """What a browser's cookie holds in place of the token."""
        return hashlib.sha256(f"session {self.token}".encode()).hexdigest()


def is_address(name: str) -> bool:
    """Whether a name is an address of IPv4 or IPv6.

    >>> is_address("192.168.1.7"), is_address("::1"), is_address("evil.example")
    (True, True, False)
    """
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host to listen on."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def make_access(host: str, token: str | None, names: tuple[str, ...] = ()) -> Access:
    """The rules of a service that listens on a host."""
    loopback = is_loopback(host)
    own = () if loopback else (socket.gethostname().lower(), host.lower())
    hosts = frozenset((*LOOPBACK, *own, *(name.lower() for name in names)))
    return Access(hosts, not loopback, token)


def urlsplit_host(origin: str) -> str:
    """The host and port of an origin, "" for `null` and what is none.

    >>> urlsplit_host("http://localhost:8765"), urlsplit_host("null")
    ('localhost:8765', '')
    """
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def read_cookie(header: str) -> bytes:
    """The value of our cookie, b"" without one."""
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return b""
    return found.value.encode() if found else b""
