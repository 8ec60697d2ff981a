"""A service over an index of three pictures, with a tagger of colours."""

import hashlib
import io
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from fastapi.testclient import TestClient
from PIL import Image

from phototags.library.manage import update_index
from phototags.library.taggers import load_tagger
from phototags.serve.access import Access
from phototags.serve.app import make_app
from phototags.serve.limits import Limits
from phototags.serve.service import Service
from tests.library.colour_tagger import embed_colours, make_png, patch_backbone, write_tagger

COLOURS = {"rose.png": "red", "sky.png": "blue", "plum.png": (255, 0, 153)}
LIMITS = Limits(rate=10_000, burst=100_000)
ADDRESS = "http://127.0.0.1:8765"


class Served:
    """Folders of a test, and services over them.

    Args:
        folder: of `photos`, `tagger` and `index`.
    """

    def __init__(self, folder: Path):
        self.photos, self.model, self.index = (
            folder / name for name in ("photos", "tagger", "index")
        )

    def update(self):
        return update_index(self.index, [str(self.photos)], self.model, workers=1)

    def make(self, access=Access(), index=True, **limits) -> Service:  # noqa: B008, it is frozen
        def load():
            return load_tagger(self.model).exported

        place = self.index if index else None
        return Service(place, load, access, replace(LIMITS, **limits))

    def open(self, service: Service | None = None) -> TestClient:
        """A client; use it in a `with`, which starts and ends the service."""
        return TestClient(make_app(service or self.make()), ADDRESS)

    def id_of(self, name: str) -> str:
        """The id of one of the photos."""
        return hashlib.sha256((self.photos / name).read_bytes()).hexdigest()


@pytest.fixture
def served(tmp_path, monkeypatch):
    patch_backbone(monkeypatch.setattr)
    monkeypatch.setattr("phototags.export.tag_photos.embed_photos", embed_colours)
    served = Served(tmp_path)
    write_tagger(served.model)
    served.photos.mkdir()
    for name, colour in COLOURS.items():
        (served.photos / name).write_bytes(make_png(colour))
    served.update()
    return served


@pytest.fixture
def client(served):
    with served.open() as client:
        yield client


@pytest.fixture
def make_jpeg():
    """Bytes of a JPEG of noise."""

    def make(width=64, height=48, seed=0) -> bytes:
        pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
        content = io.BytesIO()
        Image.fromarray(pixels).save(content, "JPEG")
        return content.getvalue()

    return make


@pytest.fixture
def start(served):
    """Serve at a free port of this machine, in a thread; returns the address of the page."""
    running = []

    def run(access=Access()) -> str:  # noqa: B008, it is frozen
        config = uvicorn.Config(make_app(served.make(access)), port=0, log_level="warning")
        server = uvicorn.Server(config)
        running.append((server, threading.Thread(target=server.run)))
        running[-1][1].start()
        while not server.started:
            assert running[-1][1].is_alive()
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/"

    yield run
    for server, thread in running:
        server.should_exit = True
        thread.join(20)
