"""Download the photos of a corpus on the web: what `photos.packing` is for packaged ones."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from phototags.download.download_shard import download_shard
from phototags.download.outcomes import Outcome
from phototags.params.download import Download
from phototags.photos.licences import find_unlicensed
from phototags.photos.photo_table import PACKED, Drop
from phototags.photos.removals import Removals, drop_removed

STEP = "download_photos"


def download_photos(
    shard: pd.DataFrame,
    work: Path | str,
    tar: Path | str,
    downloads: Path | str,
    settings: Download,
    *,
    max_pixels: int,
    max_bytes: int,
    licences: Sequence[str] | None,
    removals: Removals,
    keep_exif: bool = False,
) -> tuple[pd.DataFrame, list[Drop]]:
    """Download the photos of a shard; each ends in the tar or, with its outcome, in the drops.

    A photo without one of the licences is not asked for. Photos of the same content are in the
    tar once.

    Args:
        shard: the rows of the listing, with photo_url.
        work, tar, downloads: as `download_shard` takes them.
        licences: those whose photos are wanted, as `find_unlicensed` takes them.
        removals: pictures with these bytes are left out.
        keep_exif: whether places and serial numbers stay in the photos.

    Returns:
        row, file, sha256, width, height of what is in the tar; and the drops.
    """
    unlicensed = find_unlicensed(shard, licences, STEP)
    wanted = shard[np.array([drop is None for drop in unlicensed], bool)]  # also of no photo
    urls = (url if isinstance(url, str) else None for url in wanted["photo_url"])
    download_shard(
        zip(wanted["row"].tolist(), urls, strict=True),
        Path(work),
        Path(tar),
        Path(downloads),
        settings,
        max_pixels=max_pixels,
        max_bytes=max_bytes,
        unwanted=removals.hashes,
        keep_exif=keep_exif,
    )
    outcomes = pq.read_table(downloads)
    packed = outcomes.filter(pc.field("file").is_valid()).select(PACKED.names).cast(PACKED)
    drops = _list_drops(outcomes, dict(zip(shard["row"], shard["photo_id"], strict=True)))
    return packed.to_pandas(), [*filter(None, unlicensed), *drops]


def _list_drops(outcomes: pa.Table, ids: dict[int, str]) -> list[Drop]:
    """List a drop for each photo outside the tar: its outcome, or `removed` if that was ok."""
    lost = outcomes.filter(pc.field("file").is_null()).select(["row", "outcome", "detail"])
    return [
        drop_removed(STEP, one["row"])
        if one["outcome"] == Outcome.OK
        else Drop(STEP, ids[one["row"]], one["outcome"], one["detail"])
        for one in lost.to_pylist()
    ]
