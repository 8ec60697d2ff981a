"""Split photos into training, validation and test by user: a person is never on both sides."""

import bisect
import hashlib
from pathlib import Path

import polars as pl

from phototags.errors import CorpusError
from phototags.params.vocabulary import Split

PARTS = ("train", "validation", "test")


def hash_to_unit(seed: int, name: str) -> float:
    """Return a number in [0, 1) that depends on nothing but the seed and the name.

    So users keep their part when others come or go, on every machine.

    >>> 0 <= hash_to_unit(0, "somebody") < 1
    True
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def split_photos(photos: pl.DataFrame, settings: Split, trained: bool) -> pl.DataFrame:
    """Assign each photo to a part: `train`, `validation` or `test`.

    - A corpus that is not trained on is all test.
    - An official split is kept; a photo that it leaves out is a training photo. Where it has no
      validation part, one is taken from its training part, by whole users where it names any.
    - Elsewhere whole users are assigned by `hash_to_unit`; a part that it leaves empty takes the
      user next in line. In a corpus that names its users, photos of unknown users are training
      photos: they may be anybody's, so testing on them could test on a person learned from.
    - A corpus without users is split by photo.

    Args:
        photos: row, photo_id, user_id (nullable), split (nullable, one of PARTS).

    Returns:
        row, photo_id, part, in the order of photos.

    Raises:
        CorpusError: an unknown official part, or too few users (or photos) to fill the parts.
    """
    result = photos.select("row", "photo_id")
    if not trained:
        return result.with_columns(part=pl.lit("test"))
    named = photos["user_id"].is_not_null().any()
    owners = photos["user_id" if named else "photo_id"].cast(pl.String)
    official = _read_official(photos["split"].cast(pl.String))
    if official is None:
        border = settings.test + (1 - settings.test) * settings.validation
        borders = {"test": settings.test, "validation": border}
        return result.with_columns(part=_assign_parts(owners, settings.seed, borders))
    if "validation" not in official:
        learned = official == "train"
        share = {"validation": settings.validation}
        assigned = _assign_parts(owners.filter(learned), settings.seed, share)
        official = official.scatter(learned.arg_true(), assigned)
    return result.with_columns(part=official)


def select_part(part: str, split: Path | str, photos: pl.DataFrame) -> pl.DataFrame:
    """Return the photos that a table (row, part) assigns to a part; only their rows are read.

    Args:
        photos: row, and others.

    Raises:
        CorpusError: when the table does not have each of the photos once.
    """
    rows = photos["row"]
    in_range = pl.col("row").is_between(rows.min(), rows.max())
    table = pl.scan_parquet(split).filter(in_range).select("row", "part").collect()
    table = table.filter(pl.col("row").is_in(rows.implode()))
    if not table.height == rows.n_unique() == photos.height:
        raise CorpusError(
            f"{split} should list each of {photos.height} photos once, but has {table.height} of "
            f"{rows.n_unique()} different ones. Remove it and run `snakemake` again."
        )
    return photos.filter(rows.is_in(table.filter(part=part)["row"].implode()))


def _read_official(split: pl.Series) -> pl.Series | None:
    """Return the part that the corpus itself gives each photo; None when it gives none."""
    unknown = sorted(set(split.drop_nulls()) - set(PARTS))
    if unknown:
        raise CorpusError(
            f"the corpus' split column should say {', '.join(PARTS)} or nothing, but says "
            f"{', '.join(map(repr, unknown[:5]))}. Mend that column in the corpus' table."
        )
    return split.fill_null("train") if split.is_not_null().any() else None


def _assign_parts(owners: pl.Series, seed: int, borders: dict[str, float]) -> pl.Series:
    """Return the part of each owner, by the border that its hash is below; each part has one.

    All other owners, and unknown ones, are training.
    """
    line = sorted((hash_to_unit(seed, owner), owner) for owner in owners.unique().drop_nulls())
    parts, start = {}, 0
    for number, (part, border) in enumerate(borders.items()):
        room = len(line) - len(borders) + number  # one owner at least for each part to come
        end = max(start + 1, min(room, bisect.bisect(line, (border,))))
        parts |= {owner: part for _, owner in line[start:end]}
        start = end
    assigned = pl.Series([parts.get(owner, "train") for owner in owners], dtype=pl.String)
    missing = {"train", *borders} - set(assigned)
    if missing:
        raise CorpusError(
            f"{len(line)} users (photos, where no user is named) are too few for the parts train, "
            f"{', '.join(borders)}: nothing is left for {', '.join(sorted(missing))}. Add photos "
            "of others, smaller shares in params.yaml, or leave user_id empty to split by photo."
        )
    return assigned
