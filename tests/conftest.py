"""What every test may use: small drawn corpora, and the real ones where they are mounted."""

import importlib.util
import os
from pathlib import Path

import pytest


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
