"""`phototags serve`: a page and REST over indexed photographs."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.commands import common
from phototags.errors import PhototagsError

if TYPE_CHECKING:
    from phototags.serve.limits import Limits
    from phototags.serve.service import Service

PORT = 8765
TOKEN = "PHOTOTAGS_TOKEN"
MIN_TOKEN = 16  # characters
CONNECTIONS = 512
DETAILS = f"""\
examples:
  phototags serve ~/Pictures                       index what is new, then serve the page
  phototags serve                                  serve what was indexed before
  phototags serve --open                           and open the page in the browser
  phototags serve --host 0.0.0.0                   other machines may ask, with a token
  curl --data-binary @boat.jpg http://127.0.0.1:{PORT}/tag

Type words and see the photos that match; drop a photo to see its tags; accept or refuse tags, which
feedback.jsonl beside the index keeps. REST is described by /openapi.json. Needs phototags[serve].

Only this machine reaches the service unless --host names another address; then each request needs
the token that is printed, or that {TOKEN} holds (at least {MIN_TOKEN} characters). The service
speaks HTTP without encryption: for other machines put a server that speaks HTTPS before it, and
name that with --allow-host. Limits: see --help; `phototags_refusals_total` in /metrics counts what
was refused, by reason.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    what = "folder of photographs to index before (default: nothing is looked at)"
    parser.add_argument("folders", nargs="*", metavar="FOLDER", help=what)
    common.add_index_option(parser)
    what = "the tagger of the index, or the one that phototags comes with"
    common.add_model_option(parser, default=what)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    add(
        "--port", type=parse_port, default=PORT, metavar="N", help=f"default: {PORT}; 0: a free one"
    )
    add("--allow-host", action="append", default=[], metavar="NAME", help="a name of this service")
    add("--open", action="store_true", help="open the page in the browser")
    from phototags.serve.limits import Limits

    for name, default, help in (
        ("--max-bytes", Limits.photo_bytes, "of a photo that is sent or served"),
        ("--max-pixels", Limits.photo_pixels, "of a photo; of most formats eight times as many"),
        ("--max-rate", round(Limits.rate), "requests a second of one client, on average"),
    ):
        help = f"{help} (default: {default})"
        add(name, type=common.parse_count, default=default, metavar="N", help=help)


def parse_port(text: str) -> int:
    """Parse a port, 0 for a free one."""
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, found {text!r}")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Index the folders that are named, then serve until Ctrl-C."""
    try:
        import uvicorn
    except ModuleNotFoundError:
        raise PhototagsError(
            "`phototags serve` needs fastapi, uvicorn and prometheus-client, found none: "
            "pip install 'phototags[serve]'"
        ) from None
    index = args.index or common.default_index()
    service = make_service(args, index)
    from phototags.serve.app import make_app

    app = make_app(service)
    with listen(args.host, args.port) as server:
        announce(service, server, args)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            limit_concurrency=CONNECTIONS,
            h11_max_incomplete_event_size=16_384,
        )
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
            uvicorn.Server(config).run(sockets=[server])
    return common.SUCCESS


def make_service(args: argparse.Namespace, index: Path) -> Service:
    """The service that the arguments describe, its folders indexed."""
    from phototags.library.manage import read_model
    from phototags.library.store import FILE

    model = common.find_tagger(args.model or read_model(index) or common.BOX)
    common.prepare_backbone(model)
    if args.folders:
        update(index, args.folders, model)
    from phototags.library.taggers import load_tagger
    from phototags.serve.access import is_loopback, make_access
    from phototags.serve.service import Service

    has_index = (index / FILE).is_file()
    if not has_index:
        common.warn("no folder is indexed: photos can be tagged, none found. Name a folder.")
    token = read_token(is_loopback(args.host))
    return Service(
        index if has_index else None,
        lambda: load_tagger(model, common.read_words(model)).exported,
        make_access(args.host, token, tuple(args.allow_host)),
        make_limits(args),
    )


def update(index: Path, named: list[str], model: Path) -> None:
    """Index what is new in folders, as `phototags index` does."""
    from phototags.commands.index import report
    from phototags.library.manage import list_folders, update_index

    began, folders = time.monotonic(), list_folders(index, named, must_exist=True)
    workers = len(os.sched_getaffinity(0))
    choices = common.read_words(model)
    summary = update_index(index, folders, model, workers, choices=choices)
    report(summary, index, time.monotonic() - began, dry=False)


def make_limits(args: argparse.Namespace) -> Limits:
    """The limits that the arguments set."""
    from phototags.serve.limits import Limits

    return Limits(
        photo_bytes=args.max_bytes,
        photo_pixels=args.max_pixels,
        rate=args.max_rate,
        burst=max(5 * args.max_rate, 500),  # a page shows up to 200 previews at once
    )


def read_token(loopback: bool) -> str | None:
    """The token that was set, or a new one; None for a service that only this machine reaches.

    Raises:
        PhototagsError: the one that was set is short.
    """
    token = os.environ.get(TOKEN)
    if token and len(token) < MIN_TOKEN:
        raise PhototagsError(
            f"expected at least {MIN_TOKEN} characters in {TOKEN}, found {len(token)}. Set a "
            "longer one, or none to have one made."
        )
    return token or (None if loopback else secrets.token_urlsafe(24))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        PhototagsError: the address is not ours, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        raise PhototagsError(
            f"{host} port {port} can't be listened on: {error}. Name another with --port or --host."
        ) from error


def announce(service: Service, server: socket.socket, args: argparse.Namespace) -> None:
    """Print where the page is, and open it if wanted."""
    port = server.getsockname()[1]
    host = f"[{args.host}]" if ":" in args.host else args.host
    address = f"http://{host}:{port}/"
    if service.access.token:
        # Behind `#`, which a browser sends to nobody and no log of a server holds.
        address += f"#token={service.access.token}"
    common.say(address)
    if args.open:
        import webbrowser

        webbrowser.open(address)
    sys.stdout.flush()
