"""How every request is made: honest about who asks, without memory, to judged addresses only."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version

import aiohttp
from aiohttp.abc import AbstractResolver

from phototags.download.optout import AGENT
from phototags.download.refusals import Rules
from phototags.download.url_safety import PublicResolver

LOOKUPS = 16  # threads that resolve names: some names take long to fail
NAMES_KEPT = 300  # seconds that a resolved and judged name is used
ACCEPT = "image/jpeg, image/png, image/gif;q=0.9, image/webp;q=0.8, */*;q=0.5"


def user_agent(contact: str | None) -> str:
    """Who asks, and where to complain.

    >>> user_agent("https://example.org/photos").endswith(" (+https://example.org/photos)")
    True
    """
    try:
        name = f"{AGENT}/{version('phototags')}"
    except PackageNotFoundError:
        name = AGENT
    return f"{name} (+{contact})" if contact else name


def open_session(rules: Rules, lookup: AbstractResolver | None = None) -> aiohttp.ClientSession:
    """A session without cookies, proxies or trust in names; call it inside a running loop.

    Args:
        lookup: resolves names in place of the system; what it says is judged all the same.
    """
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup"))
    settings = rules.settings
    connector = aiohttp.TCPConnector(
        limit=settings.at_once,
        resolver=PublicResolver(rules.addresses, lookup),
        ttl_dns_cache=NAMES_KEPT,
        socket_factory=rules.addresses.socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "User-Agent": user_agent(settings.contact),
            "Accept": ACCEPT,
            "Accept-Encoding": "identity",
        },
        # Half the deadline is long to connect: a host that never does can be told apart.
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.timeout / 2),
    )
