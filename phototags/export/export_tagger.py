"""Export a trained tagger: weights, config, and a vocabulary with aliases and thresholds."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from phototags.errors import ModelError
from phototags.evaluation.metrics.per_tag import best_f1_thresholds
from phototags.features.feature_cache import read_features
from phototags.io.storage import atomic_write, read_tensors, write_json, write_tensors
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import BACKBONE, Tagger, load, own_backbone, read_config
from phototags.tags.vocabulary import TagVocabulary, find_shown, read_vocabulary
from phototags.training.inputs import select_photos

BECAME = r": became (.+)$"
"""What the column why of candidates.tsv says of a merged tag."""


def export_tagger(
    folder: Path | str,
    model: Path | str,
    config: Path | str,
    vocabulary: Path | str,
    candidates: Path | str,
    validation: TaggedPhotos,
    blacklist: str | None = None,
) -> None:
    """Copy a trained tagger to a folder and write its vocabulary there, without hidden tags.

    Args:
        folder: where to.
        model: model.safetensors; a trained backbone lies beside it.
        config: its config.json.
        vocabulary: vocabulary.tsv of its training corpus.
        candidates: candidates.tsv, which says what became of every other tag.
        validation: the photos on which each tag's threshold is chosen.
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
    thresholds = choose_thresholds(load(folder), validation, len(known))
    shown = find_shown(known.tags, blacklist)
    if len(shown) < len(known):
        drop_other_tags(folder, shown)
    known = known.select(shown)
    aliases = collect_aliases(known.tags, merged)
    write_exported_vocabulary(folder / "vocabulary.tsv", known, aliases, thresholds[shown])


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


def read_validation_photos(
    tags: Path | str, split: Path | str, features: Sequence[Path | str], vocabulary: Path | str
) -> TaggedPhotos:
    """Read the validation photos of a training corpus.

    Args:
        features: the features that the tagger is shown, a file per shard.
    """
    tables, known = (pd.read_parquet(tags), pd.read_parquet(split)), read_vocabulary(vocabulary)
    return select_photos("validation", *tables, read_features(features), known.tags)


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


def choose_thresholds(tagger: Tagger, validation: TaggedPhotos, tags: int) -> NDArray[np.float64]:
    """(T,) scores with the best F1 on the validation photos; nan for a tag without a photo."""
    if not len(validation):
        return np.full(tags, np.nan)
    scores = tagger.scores(validation.features).numpy()
    return best_f1_thresholds(scores, validation.relevant(tags).numpy())


def write_exported_vocabulary(
    path: Path | str,
    vocabulary: TagVocabulary,
    aliases: Sequence[Sequence[str]],
    thresholds: NDArray[np.float64],
) -> None:
    """Write tag, count (training photos), users, aliases (comma-separated) and threshold as TSV."""
    table = pl.DataFrame(
        {
            "tag": vocabulary.tags,
            "count": vocabulary.photos,
            "users": vocabulary.users,
            "aliases": [",".join(one) or None for one in aliases],
            "threshold": [None if np.isnan(one) else float(f"{one:.9g}") for one in thresholds],
        },
        schema_overrides={"threshold": pl.Float64, "aliases": pl.String},
    )
    with atomic_write(path) as part:
        table.write_csv(part, separator="\t")
