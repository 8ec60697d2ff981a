"""Photographs, and exiftool, which says from outside what stands in them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "tif": "TIFF", "avif": "AVIF", "gif": "GIF"}


@pytest.fixture(scope="session", autouse=True)
def pyexiv2():
    """Reads and writes keywords; without it nothing here can be tested."""
    return pytest.importorskip("pyexiv2", reason="keywords need pyexiv2: pip install pyexiv2")


@pytest.fixture(scope="session")
def exiftool():
    """Run exiftool with arguments; returns what it prints."""
    if not shutil.which("exiftool"):
        pytest.skip("needs exiftool: apt install libimage-exiftool-perl")

    def run(*arguments: str | Path) -> str:
        command = ["exiftool", "-overwrite_original", "-q", "-m", *map(str, arguments)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture(scope="session")
def dump(exiftool):
    """What exiftool finds in files, by file name: values by group and name (`XMP-dc:Subject`)."""

    def read(*files: Path) -> dict[str, dict]:
        found = json.loads(exiftool("-j", "-G1", "-struct", "-b", *files))
        return {one["SourceFile"]: one for one in found}

    return read


@pytest.fixture
def make_photo(tmp_path):
    """Write a noisy photo of the format that its name says; its path."""

    def make(name: str, **options) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.effect_noise((32, 24), 60).convert("RGB")
        picture.save(path, FORMATS[path.suffix[1:]], **options)
        return path

    return make
