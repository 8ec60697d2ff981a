"""The gate of the service: each request passes its limits, and each answer gets its headers."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect

from phototags.serve.access import Access
from phototags.serve.limits import Limits, RateLimiter
from phototags.serve.metrics import Metrics
from phototags.serve.refusals import RefusalError, write_error

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""Of every answer that does not have them itself."""
log = logging.getLogger(__name__)


@dataclass
class Gate:
    """An ASGI application around that of the routes.

    Args:
        app: of the routes. photo_paths: whose bodies are photos.
    """

    app: Callable
    access: Access
    limits: Limits
    metrics: Metrics
    photo_paths: tuple[str, ...] = ("/tag",)
    rates: RateLimiter = field(init=False)
    running: int = 0

    def __post_init__(self):
        self.rates = RateLimiter(self.limits.rate, self.limits.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry a request out, or refuse it."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        answer, began = Answer(send), time.monotonic()
        self.running += 1
        try:
            self._check(scope)
            await self.app(scope, self._limit_body(scope, receive), answer.send)
        except RefusalError as error:
            self.metrics.refusals.labels(error.reason).inc()
            await answer.refuse(error.status, error.reason, str(error), error.headers)
        except ClientDisconnect:
            self.metrics.refusals.labels("client_left").inc()
        except Exception:
            log.exception("a request failed")
            await answer.refuse(500, "internal", "the service failed; its log says how", {})
        finally:
            self.running -= 1
            route = getattr(scope.get("route"), "path", "none")
            self.metrics.requests.labels(_name_method(scope), route, str(answer.status)).inc()
            self.metrics.seconds.labels(route).observe(time.monotonic() - began)

    def _check(self, scope: Scope) -> None:
        client = (scope.get("client") or ("", 0))[0]
        wait = self.rates.take(client)
        if wait:
            after = {"Retry-After": str(math.ceil(min(wait, 3600)))}
            what = f"{self.limits.rate:g} requests a second are allowed"
            raise RefusalError(429, "too_fast", what, after)
        if self.running > self.limits.requests:
            what = f"{self.limits.requests} requests are carried out already"
            raise RefusalError(429, "too_many_requests", what, {"Retry-After": "1"})
        headers = {name.decode("latin-1"): of.decode("latin-1") for name, of in scope["headers"]}
        self.access.check(scope["method"], scope["path"], headers)

    def _limit_body(self, scope: Scope, receive: Receive) -> Receive:
        """Receive a body up to its limits of bytes and time."""
        is_photo = scope["path"] in self.photo_paths
        most = self.limits.photo_bytes if is_photo else self.limits.body_bytes
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most:
            raise _refuse_bytes(most)
        seen, until = 0, time.monotonic() + self.limits.body_seconds

        async def receive_limited() -> MutableMapping[str, Any]:
            nonlocal seen
            try:
                async with asyncio.timeout(max(until - time.monotonic(), 0) if seen >= 0 else None):
                    message = await receive()
            except TimeoutError:
                seconds = self.limits.body_seconds
                what = f"the body should have come in {seconds:g} s"
                raise RefusalError(408, "too_slow", what) from None
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > most:
                    raise _refuse_bytes(most)
                if not message.get("more_body"):
                    seen = -1  # what follows is that the client leaves, at whatever time
            return message

        return receive_limited


class Answer:
    """Sends one answer, with HEADERS; knows its status."""

    def __init__(self, send: Send):
        self._send, self.status = send, 0

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Send a part of it."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            given = {name.lower() for name, _ in headers}
            for name, value in HEADERS.items():
                if name.lower().encode() not in given:
                    headers.append((name.lower().encode(), value.encode()))
            message = {**message, "headers": headers}
        await self._send(message)

    async def refuse(self, status: int, reason: str, message: str, more: dict[str, str]) -> None:
        """Send a refusal, unless an answer has begun."""
        if self.status:
            return
        body = json.dumps(write_error(reason, message)).encode()
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        headers += [(name.lower().encode(), value.encode()) for name, value in more.items()]
        headers.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


def _refuse_bytes(most: int) -> RefusalError:
    return RefusalError(413, "too_many_bytes", f"a body of this request has {most} bytes at most")


def _name_method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"
