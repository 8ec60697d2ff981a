"""Small archives in exactly the layouts that the makers of the corpora publish."""

import importlib.util
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from PIL import Image


def jpeg(colour: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(content, "JPEG")
    return content.getvalue()


def write_zip(path: Path, files: dict[str, bytes | str | object]) -> Path:
    """Text, bytes, or anything else as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if not isinstance(content, bytes | str):
                content = json.dumps(content)
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: dict[str, bytes | str], mode: str = "w") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            content = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def hvecs(rows: list[list[int]]) -> bytes:
    """INRIA's form: each row its length, then its values, int16 little-endian."""
    return b"".join(
        value.to_bytes(2, "little", signed=True) for row in rows for value in [len(row), *row]
    )


class Layouts:
    """What the tests need of this module, whose folder is on no path (importlib mode)."""

    jpeg = staticmethod(jpeg)
    write_zip = staticmethod(write_zip)
    write_tar = staticmethod(write_tar)
    hvecs = staticmethod(hvecs)


@pytest.fixture(scope="session")
def layouts() -> type[Layouts]:
    return Layouts


@pytest.fixture(scope="session")
def wordnet_folder(tmp_path_factory) -> Path:
    """The tiny WordNet of the tests of tags."""
    path = Path(__file__).parents[1] / "tags" / "conftest.py"
    spec = importlib.util.spec_from_file_location("tags_conftest", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("wordnet")
    module.write_wordnet(folder)
    return folder
