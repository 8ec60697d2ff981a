"""Photos for people to look at: which are shown, and as how small a picture."""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image, ImageOps

from phototags.errors import ArchiveError
from phototags.photos.pictures import decode

MAX_PIXELS, MAX_BYTES = 200_000_000, 500_000_000  # shards hold only what the run's caps let in


def chosen(photo_ids: Sequence[str], count: int) -> list[int]:
    """Positions of the photos to show: those whose id has the smallest sha256.

    Nobody picks them, so nobody picks the flattering ones, and a photo more or less in the
    corpus changes at most one of them.

    >>> chosen(["dune", "cat", "boat"], 2)
    [2, 1]
    """
    digests = [hashlib.sha256(photo_id.encode()).hexdigest() for photo_id in photo_ids]
    return sorted(range(len(digests)), key=lambda place: (digests[place], place))[:count]


def read_shown(shards: Iterable[Path], files: Iterable[str]) -> dict[str, bytes]:
    """The bytes of the named photos, read from their shards without reading the others.

    Args:
        shards: the tar files of one corpus, in any order.
        files: as in the photo table: `00000.tar/00000012.png`.

    Raises:
        ArchiveError: when a shard or a photo in it is missing.
    """
    places = {Path(shard).name: Path(shard) for shard in shards}
    wanted: dict[str, list[str]] = {}
    for file in files:
        wanted.setdefault(file.partition("/")[0], []).append(file)
    contents = {}
    for shard, inside in wanted.items():
        try:
            with tarfile.open(places[shard]) as tar:
                for file in inside:
                    contents[file] = tar.extractfile(file.partition("/")[2]).read()
        except (KeyError, OSError, tarfile.TarError) as error:
            raise ArchiveError(
                f"expected {', '.join(inside)} in the shards {sorted(places)}, but: {error!r}. "
                f"Remove {places.get(shard, shard)} and run `snakemake` again."
            ) from error
    return contents


def thumbnail(content: bytes, side: int) -> Image.Image:
    """The picture on white and without white margins, at most `side` pixels a side.

    Many drawings are a small thing on a large empty sheet: the tagger sees the sheet, a reader
    wants the thing. What is less than half as large as wanted is shown twice as large.
    """
    pixels = decode(content, MAX_PIXELS, MAX_BYTES)  # (3, H, W) uint8
    picture = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
    picture = picture.crop(ImageOps.invert(picture).getbbox())  # no box: all white, kept whole
    if 2 * max(picture.size) <= side:
        return picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.LANCZOS)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return picture


def jpeg(picture: Image.Image) -> bytes:
    """JPEG bytes without metadata; colours at full resolution, for drawings have sharp edges."""
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=84, subsampling=0, optimize=True)
    return content.getvalue()
