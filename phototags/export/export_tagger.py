"""Export a trained tagger: weights, config, calibration, and a vocabulary with aliases."""

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.evaluation.fit_probabilities import fit_probabilities
from phototags.evaluation.prediction import predict
from phototags.evaluation.probabilities import write_probabilities
from phototags.features.feature_cache import read_features
from phototags.io.storage import atomic_write, read_tensors, write_json, write_tensors
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import BACKBONE, CALIBRATION, load, own_backbone, read_config
from phototags.tags.vocabulary import TagVocabulary, find_shown, read_vocabulary
from phototags.training.inputs import select_photos

log = logging.getLogger(__name__)

BECAME = r": became (.+)$"
"""What the column why of candidates.tsv says of a merged tag."""


@dataclass(frozen=True, eq=False)
class ValidationPhotos:
    """Photos to calibrate on.

    Args:
        photos: N photos. users: (N,) int64, the number of the photo's user; every photo whose user
            is unknown has a number of its own.
    """

    photos: TaggedPhotos
    users: NDArray[np.int64]


def export_tagger(
    folder: Path | str,
    model: Path | str,
    config: Path | str,
    vocabulary: Path | str,
    candidates: Path | str,
    validation: ValidationPhotos,
    blacklist: str | None = None,
) -> None:
    """Copy a trained tagger to a folder, without hidden tags, with vocabulary and calibration.

    Args:
        folder: where to.
        model: model.safetensors; a trained backbone lies beside it.
        config: its config.json.
        vocabulary: vocabulary.tsv of its training corpus.
        candidates: candidates.tsv, which says what became of every other tag.
        validation: the photos on which its probabilities are fitted.
        blacklist: regular expression of whole tags that the exported tagger must not know.

    Raises:
        ModelError: when the blacklist hides tags of a tagger without tag vectors, or all tags.
    """
    folder, known = Path(folder), read_vocabulary(vocabulary)
    copy(model, folder / "model.safetensors")
    copy(config, folder / "config.json")
    (folder / BACKBONE).unlink(missing_ok=True)  # of a tagger that was exported here before
    if own_backbone(folder):
        copy(Path(model).with_name(BACKBONE), folder / BACKBONE)
    merged = pl.read_csv(candidates, separator="\t", columns=["tag", "why"])
    shown = find_shown(known.tags, blacklist)
    if len(shown) < len(known):
        drop_other_tags(folder, shown)
    support = validation.photos.counts(len(known))[list(shown)].tolist()
    relevant = validation.photos.relevant(len(known))[:, list(shown)].numpy()
    known = known.select(shown)
    aliases = collect_aliases(known.tags, merged)
    write_exported_vocabulary(folder / "vocabulary.tsv", known, aliases, support)
    calibrate(folder, validation, relevant)


def drop_other_tags(folder: Path, shown: Sequence[int]) -> None:
    """Leave only some tags to the tagger of a folder: their vectors and biases.

    Args:
        shown: ids of the tags to keep.

    Raises:
        ModelError: when no tag is left, or the tagger has no vector for each tag.
    """
    config, (tensors, _) = read_config(folder), read_tensors(folder / "model.safetensors")
    tables = "tag_vectors", "bias"
    if not shown or not all(len(tensors.get(name, ())) == config["tags"] for name in tables):
        raise ModelError(
            f"export.blacklist should leave {len(shown)} of {config['tags']} tags to a tagger with "
            f"tag vectors, but {config['system']['model']} has the tensors {', '.join(tensors)}. "
            "Export a system that learns by gradient, or let it learn without these tags "
            "(vocabulary.blacklist)."
        )
    tensors |= {name: tensors[name][list(shown)] for name in tables}
    write_tensors(folder / "model.safetensors", tensors)
    write_json(folder / "config.json", config | {"tags": len(shown)})


def calibrate(folder: Path, validation: ValidationPhotos, relevant: NDArray[np.bool_]) -> None:
    """Write the calibration of the tagger in a folder; an empty one without validation photos.

    Args:
        relevant: (N, T), which of the tagger's tags each photo has.
    """
    fitted = None
    if len(validation.photos):
        scores = predict(load(folder), validation.photos.features, relevant.shape[1])
        fitted = fit_probabilities(scores, relevant, validation.users)
    write_probabilities(folder / CALIBRATION, fitted)
    if fitted:
        log.info("calibrated on %d photos, prior strength %g", fitted.photos, fitted.strength)
    else:
        log.info("no validation photo has a known tag: the tagger gives scores, no probabilities")


def read_validation_photos(
    tags: Path | str, split: Path | str, features: Sequence[Path | str], vocabulary: Path | str
) -> ValidationPhotos:
    """Read the validation photos of a training corpus.

    Args:
        features: the features that the tagger is shown, a file per shard.
    """
    tables, known = (pd.read_parquet(tags), pd.read_parquet(split)), read_vocabulary(vocabulary)
    photos = select_photos("validation", *tables, read_features(features), known.tags)
    named = tables[0].set_index("row")["user_id"].loc[list(photos.rows)].reset_index(drop=True)
    users, _ = pd.factorize(named)  # -1 where the user is unknown
    return ValidationPhotos(photos, np.where(users < 0, len(users) + np.arange(len(users)), users))


def copy(source: Path | str, to: Path) -> None:
    """Copy a file atomically."""
    with atomic_write(to) as part:
        shutil.copyfile(source, part)


def collect_aliases(tags: Sequence[str], candidates: pl.DataFrame) -> list[list[str]]:
    """For each tag, the sorted spellings that were merged into it alone, over several steps too.

    Args:
        candidates: columns tag, why. A tag that was split (`seadog` into sea, dog) is no alias.

    >>> table = pl.DataFrame({"tag": ["seas", "sees"],
    ...                       "why": ["lemma: became sea", "alias: became seas"]})
    >>> collect_aliases(["sea"], table)
    [['seas', 'sees']]
    """
    became = candidates.select("tag", to=pl.col("why").str.extract(BECAME)).drop_nulls("to")
    step = {tag: to for tag, to in became.iter_rows() if ", " not in to}
    aliases: dict[str, list[str]] = {tag: [] for tag in tags}
    for tag in sorted(step):
        end, seen = step[tag], {tag}
        while end in step and end not in aliases and end not in seen:
            seen.add(end)
            end = step[end]
        if end in aliases and tag != end:
            aliases[end].append(tag)
    return list(aliases.values())


def write_exported_vocabulary(
    path: Path | str,
    vocabulary: TagVocabulary,
    aliases: Sequence[Sequence[str]],
    support: Sequence[int],
) -> None:
    """Write tag, count (training photos), users, aliases and support (validation photos) as TSV."""
    table = pl.DataFrame(
        {
            "tag": vocabulary.tags,
            "count": vocabulary.photos,
            "users": vocabulary.users,
            "aliases": [",".join(one) or None for one in aliases],
            "support": support,
        },
        schema_overrides={"support": pl.Int64, "aliases": pl.String},
    )
    with atomic_write(path) as part:
        table.write_csv(part, separator="\t")
