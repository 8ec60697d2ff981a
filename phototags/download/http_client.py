"""Make one HTTP request: to a permitted address, within limits of time and bytes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import aiohttp
from yarl import URL

from phototags.download.fetch_result import (
    FetchResult,
    classify_error,
    classify_status,
    describe_error,
    fail_temporarily,
    refuse,
)
from phototags.download.http_session import REDIRECTS, open_session, read_redirect
from phototags.download.outcomes import Outcome
from phototags.download.rate_limits import FetchTask
from phototags.download.refusals import RefusalRules
from phototags.download.response_headers import find_end_of_use, opts_out, parse_retry_after
from phototags.download.store import Body, Store
from phototags.errors import PhotoError
from phototags.photos.file_kinds import SNIFFED, sniff_format
from phototags.photos.inspection import check_bytes, check_image, inspect_file

LOOKUP_THREADS = 16  # that resolve names: some names take long to fail
Response = aiohttp.ClientResponse
ACCEPT = "image/jpeg, image/png, image/gif;q=0.9, image/webp;q=0.8, */*;q=0.5"
FLICKR_PLACEHOLDER = "/photo_unavailable"  # s.yimg.com/pw/images/en-us/photo_unavailable*.png


def open_photo_session(rules: RefusalRules) -> aiohttp.ClientSession:
    """Open the session of a shard's photos; needs a running loop."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="lookup"))
    settings = rules.settings
    return open_session(
        rules.addresses,
        contact=settings.contact,
        max_requests=settings.max_requests,
        # Half the deadline is long to connect: a host that never does can be told apart.
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.timeout / 2),
    )


async def fetch(
    session: aiohttp.ClientSession, task: FetchTask, rules: RefusalRules, store: Store
) -> FetchResult | URL:
    """Make one request within what is left of the try's deadline.

    Returns:
        the result, or the url that a redirect leads to, whose address is not checked yet.

    Raises:
        PhototagsError: when the disk does not take the bytes.
    """
    try:
        async with asyncio.timeout(rules.settings.timeout - task.try_seconds):
            rules.addresses.check(task.url.raw_host)
            async with session.get(
                task.url, headers={"Accept": ACCEPT}, allow_redirects=False
            ) as response:
                return await _read_response(response, task, rules, store)
    except PhotoError as refusal:
        return refuse(refusal)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return classify_error(error)


async def _read_response(
    response: Response, task: FetchTask, rules: RefusalRules, store: Store
) -> FetchResult | URL:
    """Decide by the status and headers, else by the body."""
    task.opted_out |= opts_out(response.headers)  # a redirect's owner is asked too
    ends = (task.usable_until, find_end_of_use(response.headers))
    task.usable_until = min((end for end in ends if end is not None), default=None)
    if response.status in REDIRECTS:
        rules.check_opt_out(task.opted_out)
        return _follow(response, task, rules)
    wait = parse_retry_after(response.headers.get("Retry-After"))
    result = classify_status(response.status, wait)
    if result is not None:
        return result
    if task.redirects and FLICKR_PLACEHOLDER in task.url.raw_path:
        return FetchResult(Outcome.GONE_PLACEHOLDER, "led to the picture for removed ones")
    rules.check_opt_out(task.opted_out)
    check_bytes(response.content_length or 0, rules.max_bytes)
    body = Body(store.folder)
    try:
        result = await _read_body(response, body, rules)
    finally:
        if result is None or result.body is None:
            body.close()
    return replace(result, opted_out=task.opted_out, usable_until=task.usable_until)


def _follow(response: Response, task: FetchTask, rules: RefusalRules) -> FetchResult | URL:
    if task.redirects >= rules.settings.max_redirects:
        return FetchResult(Outcome.SERVER_ERROR, f"more than {task.redirects} redirects")
    target = read_redirect(response, task.url)
    if target is None:
        return FetchResult(Outcome.SERVER_ERROR, f"status {response.status} that leads nowhere")
    return target


async def _read_body(response: Response, body: Body, rules: RefusalRules) -> FetchResult:
    """Read until the end, the cap, or first bytes of no known image format; then check."""
    start, cut = b"", ""
    try:
        async for piece in response.content.iter_any():
            body.add(piece)
            check_bytes(body.bytes, rules.max_bytes)
            if len(start) < SNIFFED:
                start = (start + piece)[:SNIFFED]
                if len(start) == SNIFFED:
                    sniff_format(start)
    except PhotoError as refusal:
        return refuse(refusal, bytes=body.bytes)
    except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, ConnectionError) as error:
        cut = describe_error(error)
    return _check_body(body, rules, cut)


def _check_body(body: Body, rules: RefusalRules, cut: str) -> FetchResult:
    """Check a body and return its result.

    Args:
        cut: why the transfer ended early, empty when it did not. A cut that took nothing of
            the picture (a Content-Length that promises too much) does no harm.
    """
    known = {"bytes": body.bytes, "sha256": None if cut else body.sha256}
    try:
        info = inspect_file(body.file)
        check_image(info, rules.max_pixels, body.file)
        rules.check_content(body.sha256)
    except PhotoError as refusal:
        if cut and refusal.reason in (Outcome.NOT_AN_IMAGE, Outcome.TRUNCATED):
            return fail_temporarily(Outcome.TRUNCATED, cut, **known)
        return refuse(refusal, **known)
    if cut and info.end != body.bytes:
        return fail_temporarily(Outcome.TRUNCATED, cut, **known)
    known["sha256"] = body.sha256
    return FetchResult(Outcome.OK, cut, body=body, info=info, **known)
