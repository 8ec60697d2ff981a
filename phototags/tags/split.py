"""Who is learned from and who is tested: a person is never on both sides."""

import bisect
import hashlib
from pathlib import Path

import polars as pl

from phototags.errors import CorpusError
from phototags.params.vocabulary import Split

PARTS = ("train", "validation", "test")


def chance(seed: int, name: str) -> float:
    """A number in [0, 1) that depends on nothing but the seed and the name.

    So a user stays where he is when others come or go, on every machine.

    >>> 0 <= chance(0, "somebody") < 1
    True
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def split(photos: pl.DataFrame, settings: Split, trained: bool) -> pl.DataFrame:
    """The part of each photo: `train`, `validation` or `test`.

    - A corpus that is not trained on is all test.
    - An official split is kept; a photo that it leaves out is a training photo. Where it has no
      validation part, one is taken from its training part, by whole users where it names any.
    - Elsewhere whole users are assigned by `chance`; where it leaves a part empty, the user next
      in line. Photos whose user is unknown, in a corpus that names its users, are all training
      photos: they may be anybody's, so testing on some could test on a person learned from.
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
    official = _official(photos["split"].cast(pl.String))
    if official is None:
        border = settings.test + (1 - settings.test) * settings.validation
        borders = {"test": settings.test, "validation": border}
        return result.with_columns(part=_drawn(owners, settings.seed, borders))
    if "validation" not in official:
        learned = official == "train"
        drawn = _drawn(owners.filter(learned), settings.seed, {"validation": settings.validation})
        official = official.scatter(learned.arg_true(), drawn)
    return result.with_columns(part=official)


def those_of(part: str, split: Path | str, photos: pl.DataFrame) -> pl.DataFrame:
    """The photos that a table (row, part) puts into a part; only their rows of it are read.

    Args:
        photos: row, and others.

    Raises:
        CorpusError: when the table does not have each of the photos once.
    """
    rows = photos["row"]
    near = pl.col("row").is_between(rows.min(), rows.max())
    table = pl.scan_parquet(split).filter(near).select("row", "part").collect()
    table = table.filter(pl.col("row").is_in(rows.implode()))
    if not table.height == rows.n_unique() == photos.height:
        raise CorpusError(
            f"{split} should list each of {photos.height} photos once, but has {table.height} of "
            f"{rows.n_unique()} different ones. Remove it and run `snakemake` again."
        )
    return photos.filter(rows.is_in(table.filter(part=part)["row"].implode()))


def _official(split: pl.Series) -> pl.Series | None:
    """The part that the corpus itself gives each photo; None when it gives none."""
    unknown = sorted(set(split.drop_nulls()) - set(PARTS))
    if unknown:
        raise CorpusError(
            f"the corpus' split column should say {', '.join(PARTS)} or nothing, but says "
            f"{', '.join(map(repr, unknown[:5]))}. Mend that column in the corpus' table."
        )
    return split.fill_null("train") if split.is_not_null().any() else None


def _drawn(owners: pl.Series, seed: int, borders: dict[str, float]) -> pl.Series:
    """The part of each owner: those whose chance is below a part's border; one at least.

    Everyone else, and whoever is not known, is learned from.
    """
    line = sorted((chance(seed, owner), owner) for owner in owners.unique().drop_nulls())
    parts, start = {}, 0
    for number, (part, border) in enumerate(borders.items()):
        room = len(line) - len(borders) + number  # one owner at least for each part to come
        end = max(start + 1, min(room, bisect.bisect(line, (border,))))
        parts |= {owner: part for _, owner in line[start:end]}
        start = end
    drawn = pl.Series([parts.get(owner, "train") for owner in owners], dtype=pl.String)
    missing = {"train", *borders} - set(drawn)
    if missing:
        raise CorpusError(
            f"{len(line)} users (photos, where no user is named) are too few for the parts train, "
            f"{', '.join(borders)}: nothing is left for {', '.join(sorted(missing))}. Add photos "
            "of others, smaller shares in params.yaml, or leave user_id empty to split by photo."
        )
    return drawn
