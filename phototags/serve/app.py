"""The application: routes, page and errors behind the gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

import phototags
from phototags.errors import PhototagsError
from phototags.serve.gate import Gate
from phototags.serve.refusals import RefusalError, name_status, write_error
from phototags.serve.routes import router
from phototags.serve.service import Service

PAGE = "index.html"
KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
MAX_MESSAGE = 500
ABOUT = """Tags of photos, and search in indexed folders by words.

Refused requests have the body `{"error": {"reason", "message"}}`.
"""


def make_app(service: Service) -> FastAPI:
    """Make the ASGI application of a service."""

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        service.photos.open()
        service.worker.start()
        yield
        service.worker.stop()
        service.files.close()
        service.photos.close()

    app = FastAPI(
        title="phototags",
        description=ABOUT,
        version=phototags.__version__,
        lifespan=live,
        docs_url=None,  # its page loads scripts of other hosts
        redoc_url=None,
    )
    app.state.service = service
    app.include_router(router)
    add_page(app)
    add_errors(app, service)
    app.add_middleware(Gate, access=service.access, limits=service.limits, metrics=service.metrics)
    return app


def add_page(app: FastAPI) -> None:
    """Add the page: a closed set of files, read once, so that no path is ever looked up."""
    for file in files("phototags.serve").joinpath("static").iterdir():
        kind = KINDS.get("." + file.name.rpartition(".")[2])
        if kind:
            path = "/" if file.name == PAGE else f"/static/{file.name}"
            add_file(app, path, file.read_bytes(), kind)


def add_file(app: FastAPI, path: str, content: bytes, kind: str) -> None:
    """Add a route that answers a file's content."""

    @app.get(path, response_class=Response, responses={200: {"content": {kind: {}}}})
    def page_file() -> Response:
        """A file of the page."""
        return Response(content, media_type=kind, headers={"Cache-Control": "no-cache"})


def add_errors(app: FastAPI, service: Service) -> None:
    """Answer and count each error by a name."""

    def answer(
        status: int, reason: str, message: str, headers: dict[str, str] | None = None
    ) -> JSONResponse:
        service.metrics.refusals.labels(reason).inc()
        return JSONResponse(write_error(reason, message[:MAX_MESSAGE]), status, headers)

    @app.exception_handler(RefusalError)
    async def refuse(_: Request, error: RefusalError) -> JSONResponse:
        return answer(error.status, error.reason, str(error), error.headers)

    @app.exception_handler(RequestValidationError)
    async def refuse_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        found = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return answer(422, "invalid", "; ".join(found))

    @app.exception_handler(HTTPException)
    async def refuse_status(_: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error.__cause__, RefusalError):  # FastAPI wraps what reading a body raises
            return await refuse(_, error.__cause__)
        return answer(error.status_code, name_status(error.status_code), str(error.detail))

    @app.exception_handler(PhototagsError)
    async def fail(_: Request, error: PhototagsError) -> JSONResponse:
        return answer(503, "not_working", str(error))
