"""What every test may use: small drawn corpora, and the real ones where they are mounted."""

import importlib.util
import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


LONGEST = ("test_end_to_end.py", "test_distributed.py")


def pytest_collection_modifyitems(items):
    """The longest files first: last, they would keep one of two processes waiting for minutes."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(autouse=True)
def _without_optional_decoders(monkeypatch):
    """HEIC and RAW are not read, whether or not pillow-heif and rawpy are installed here."""
    monkeypatch.setattr("phototags.photos.file_kinds.reads_heic", lambda: False)
    monkeypatch.setattr("phototags.photos.file_kinds.reads_raw", lambda: False)


def _shapes():
    """tests/shapes.py as a module (the tests' folder is on no path: importlib mode)."""
    path = Path(__file__).with_name("shapes.py")
    spec = importlib.util.spec_from_file_location("shapes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def tiny_mirror(tmp_path_factory) -> Path:
    """A mirror folder with the `table` corpus `shapes`: 40 pictures, 8 users; read only."""
    return _shapes().write_mirror(tmp_path_factory.mktemp("mirror"))


@pytest.fixture(scope="session")
def real_mirror() -> Path:
    """The folder of the real corpora, or a skip that says how to get it."""
    mirror = os.environ.get("PHOTOTAGS_MIRROR")
    if not mirror:
        pytest.skip("needs the real corpora: set PHOTOTAGS_MIRROR to the folder that holds them")
    return Path(mirror)


@pytest.fixture
def make_tar(tmp_path):
    """Write `tmp_path / name` with files (bytes), links (str: where to) or whole TarInfos."""

    def make(name: str, members: dict[str, bytes | str | tarfile.TarInfo]) -> Path:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(tmp_path / name, "w") as tar:
            for path, content in members.items():
                if isinstance(content, tarfile.TarInfo):
                    tar.addfile(content)
                    continue
                member = tarfile.TarInfo(path)
                if isinstance(content, str):
                    member.type, member.linkname = tarfile.SYMTYPE, content
                    tar.addfile(member)
                else:
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))
        return tmp_path / name

    return make


@pytest.fixture
def make_picture():
    """Bytes of a picture of one colour in any of Pillow's modes and formats."""

    def make(format_="PNG", mode="RGB", size=(8, 6), colour="red", **options) -> bytes:
        content = io.BytesIO()
        Image.new("RGB", size, colour).convert(mode).save(content, format_, **options)
        return content.getvalue()

    return make
