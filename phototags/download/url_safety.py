"""Refuse urls that lead to private addresses (server-side request forgery).

A name is resolved once, every address it has is checked, and the connection is made to a checked
address, so a name that changes its answer between the check and the use (DNS rebinding) gains
nothing. The socket itself is the last gate: no path through the HTTP library leads around it.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from phototags.download.outcomes import Outcome
from phototags.errors import ParamsError, PhotoError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")  # all that is given out of IPv6 so far
CLEAN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NAME = re.compile(r"(?=.{1,254}$)([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")
NUMBER = re.compile(r"(.*\.)?(0[xX][0-9a-fA-F]*|[0-9]+)\.?")  # its last part is a number


def read_url(text: str) -> URL:
    """Read a url as it will be asked: http(s), a host, no password; numeric hosts spelled out.

    What is written within the rules is sent as written (signed urls survive); the rest is quoted.

    Raises:
        PhotoError: `bad_url`, with what is wrong.

    >>> str(read_url(" http://2130706433/a b.jpg#top "))
    'http://127.0.0.1/a%20b.jpg'
    """
    text = text.strip(" \t\r\n")
    if CONTROL.search(text):
        raise PhotoError(Outcome.BAD_URL, "control character in the url")
    try:
        url = URL(text, encoded=CLEAN.fullmatch(text) is not None).with_fragment(None)
        scheme, host, port = url.scheme.lower(), url.raw_host, url.explicit_port
    except ValueError as error:  # UnicodeError too
        raise PhotoError(Outcome.BAD_URL, str(error)) from None
    if scheme not in ("http", "https"):
        raise PhotoError(Outcome.BAD_URL, f"scheme {scheme[:20]!r}, not http or https")
    if url.raw_user is not None or url.raw_password is not None:
        raise PhotoError(Outcome.BAD_URL, "a public photo needs no password")
    if port == 0:
        raise PhotoError(Outcome.BAD_URL, "port 0")
    return _normalise_host(url, host)


def _normalise_host(url: URL, host: str | None) -> URL:
    """Spell out numeric hosts: `http://2130706433/` and `http://0x7f.1/` are 127.0.0.1."""
    if host and ":" in host:
        if parse_address(host) is None or "%" in host:
            raise PhotoError(Outcome.BAD_URL, f"host {host[:60]!r} is no IPv6 address")
        return url
    if not host or not NAME.fullmatch(host):
        raise PhotoError(Outcome.BAD_URL, f"host {str(host)[:60]!r}")
    if NUMBER.fullmatch(host) is None:
        return url
    try:
        plain = socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        raise PhotoError(Outcome.BAD_URL, f"host {host!r} is a number, but no address") from None
    return url if plain == host else url.with_host(plain)


def parse_address(host: str) -> Address | None:
    """Parse a literal IP address; None for a name, which must be resolved."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def unwrap_address(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address leads to (mapped, 6to4, NAT64), or itself.

    >>> str(unwrap_address(ipaddress.ip_address("64:ff9b::7f00:1")))
    '127.0.0.1'
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


class AddressRule:
    """Admits public addresses, and those of a list (tests, a mirror in one's own network).

    Args:
        allow_private: addresses or networks, such as `127.0.0.1` or `10.1.0.0/16`.

    Raises:
        ParamsError: when an entry of `allow_private` is neither.
    """

    def __init__(self, allow_private: Iterable[str] = ()):
        try:
            self.allowed = [ipaddress.ip_network(entry) for entry in allow_private]
        except ValueError as error:
            raise ParamsError(
                "download.allow_private should hold addresses or networks, such as 10.1.0.0/16, "
                f"but: {error}"
            ) from None

    def admits(self, address: Address) -> bool:
        """Whether an address may be connected to."""
        if any(address.version == net.version and address in net for net in self.allowed):
            return True
        end = unwrap_address(address)
        return end.is_global and not end.is_multicast and (end.version == 4 or end in UNICAST)

    def check(self, host: str) -> None:
        """Refuse a literal address that is not public; names are checked when resolved.

        Raises:
            PhotoError: `private_address`.
        """
        address = parse_address(host)
        if address is not None and not self.admits(address):
            raise PhotoError(Outcome.PRIVATE_ADDRESS, f"{host} is not a public address")

    def open_socket(self, info: tuple) -> socket.socket:
        """Open a socket, for permitted addresses only: aiohttp makes every connection here."""
        family, kind, protocol, _, place = info
        self.check(place[0])
        return socket.socket(family, kind, protocol)


def allow_named(url: URL, *, private_names: bool) -> AddressRule:
    """Make the rule for an address that a person named, and for where its redirects lead.

    The named host may be in a private network: a literal address, or, of a mirror in one's own
    network, a name. Where a redirect leads to is a server's choice: a public address, or the
    named host again.

    Args:
        private_names: whether the host's name may resolve to private addresses.
    """
    host = url.raw_host
    if parse_address(host) is not None:
        return AddressRule([host])
    if not private_names:
        return AddressRule()
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return AddressRule()  # the request says that the name is not known
    return AddressRule({place[0].partition("%")[0] for *_, place in found})


class PublicResolver(AbstractResolver):
    """Resolves names, and refuses those with any address that is not permitted.

    One private address among public ones refuses the name: which of them is connected to
    would be chance. A name that does not exist is looked up once for all its urls.

    Raises:
        PhotoError: `private_address`; OSError when the name cannot be resolved.
    """

    def __init__(self, rule: AddressRule):
        self.rule, self.lookup = rule, ThreadedResolver()
        self.unknown: dict[str, OSError] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host in self.unknown:
            raise socket.gaierror(*self.unknown[host].args)
        try:
            found = await self.lookup.resolve(host, port, family)
        except socket.gaierror as error:
            if error.errno != socket.EAI_AGAIN:
                self.unknown[host] = error
            raise
        for place in found:
            self.rule.check(place["host"])
        return found

    async def close(self) -> None:
        await self.lookup.close()
