"""The gate of every request: sessions that connect to permitted addresses alone, and redirects."""

from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from phototags.download.outcomes import Outcome
from phototags.download.response_headers import AGENT
from phototags.download.url_safety import AddressRule, PublicResolver, read_url
from phototags.errors import PhotoError

NAME_SECONDS = 300  # that a resolved and checked name is used
REDIRECTS = {301, 302, 303, 307, 308}


def user_agent(contact: str | None) -> str:
    """Name this program, and where to complain, for the User-Agent header.

    >>> user_agent("https://example.org/photos").endswith(" (+https://example.org/photos)")
    True
    """
    try:
        name = f"{AGENT}/{version('phototags')}"
    except PackageNotFoundError:
        name = AGENT
    return f"{name} (+{contact})" if contact else name


def open_session(
    addresses: AddressRule,
    *,
    contact: str | None = None,
    max_requests: int = 1,
    timeout: aiohttp.ClientTimeout,
    decode: bool = True,
) -> aiohttp.ClientSession:
    """Open a session without cookies or proxies that checks addresses; needs a running loop.

    Every request of phototags goes through one: its resolver and its sockets admit no address
    that `addresses` does not.

    Args:
        decode: decompress bodies with a Content-Encoding; a file is kept as it comes.
    """
    connector = aiohttp.TCPConnector(
        limit=max_requests,
        resolver=PublicResolver(addresses),
        ttl_dns_cache=NAME_SECONDS,
        socket_factory=addresses.open_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": user_agent(contact), "Accept-Encoding": "identity"},
        timeout=timeout,
        auto_decompress=decode,
    )


def read_redirect(response: aiohttp.ClientResponse, url: URL) -> URL | None:
    """Read where a redirect leads; None where it names no place. Its address is not checked yet.

    Raises:
        PhotoError: `bad_url` when that is no http(s) address.
    """
    target = response.headers.get("Location")
    if not target:
        return None
    try:
        return read_url(urljoin(str(url), target))
    except ValueError as error:
        raise PhotoError(Outcome.BAD_URL, f"redirect to {target!r:.100}: {error}") from None
