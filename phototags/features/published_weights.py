"""Load weights that libraries fetch: tensors only, of a known hash, and only where asked to."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import torch

from phototags.io.storage import hash_file

HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.pth?$")


@contextmanager
def tensors_only() -> Iterator[None]:
    """Make torch.load refuse anything but tensors, whatever a library asks it for."""
    with patch.dict(os.environ, TORCH_FORCE_WEIGHTS_ONLY_LOAD="1"):
        yield


@contextmanager
def refuse_downloads() -> Iterator[None]:
    """Let libraries find weights in their caches alone: a stranger's file asks for no download."""
    from huggingface_hub import constants

    def refuse(url: str, *_, **__) -> None:
        raise OSError(f"{url} is not in the cache, and a tagger's folder may start no download")

    with (
        patch.object(constants, "HF_HUB_OFFLINE", True),
        patch("torch.hub.download_url_to_file", refuse),
    ):
        yield


def fetch_checked(url: str) -> Path:
    """Fetch a file of torch's model zoo into its cache where it is missing, and check its hash.

    The file's name ends with the beginning of its sha256, as torch.hub names its files.

    Raises:
        ValueError: when the name has no hash, or the file another one.
        OSError, RuntimeError: when it cannot be had.
    """
    file = Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]
    expected = HASH_IN_NAME.search(file.name)
    if not expected:
        raise ValueError(f"{file.name} should end with the beginning of its sha256")
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(file), expected[1], progress=False)
    if not (found := hash_file(file)).startswith(expected[1]):
        raise ValueError(f"{file} should have sha256 {expected[1]}..., but has {found}: remove it")
    return file
