"""Write the folder of an exported tagger."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import polars as pl

from phototags.evaluation.metrics.summary import read_scores
from phototags.export.exported_vocabulary import aliases_of, thresholds_of, write_carried_vocabulary
from phototags.export.model_card import model_card
from phototags.features.feature_cache import read_features
from phototags.io.storage import atomic_write
from phototags.params.pages import Export
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import BACKBONE, load, own_backbone
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.preparation import part_of


def export_tagger(
    to: Path | str,
    run: str,
    export: Export,
    model: Path | str,
    config: Path | str,
    vocabulary: Path | str,
    candidates: Path | str,
    scores: Path | str,
    validation: TaggedPhotos,
) -> None:
    """Copy a trained tagger, and write its vocabulary and its card beside it.

    Args:
        model: model.safetensors; the backbone that learned with it lies beside it.
        candidates: candidates.tsv, what became of every other tag.
        validation: the photos that each tag's threshold is chosen on.
    """
    to = Path(to)
    for source, name in ((model, "model.safetensors"), (config, "config.json")):
        copy(source, to / name)
    (to / BACKBONE).unlink(missing_ok=True)  # that of a tagger exported before
    if own_backbone(to):
        copy(Path(model).with_name(BACKBONE), to / BACKBONE)
    known = read_vocabulary(vocabulary)
    became = pl.read_csv(candidates, separator="\t", columns=["tag", "why"])
    thresholds = thresholds_of(load(to), validation, len(known))
    aliases = aliases_of(known.tags, became)
    write_carried_vocabulary(to / "vocabulary.tsv", known, aliases, thresholds)
    about = json.loads(Path(config).read_text(encoding="utf-8"))
    card = model_card(run, export, about, known.tags, read_scores(scores))
    with atomic_write(to / "MODEL_CARD.md") as part:
        part.write_text(card, encoding="utf-8")


def validation_photos(
    tags: Path | str, split: Path | str, features: Sequence[Path | str], vocabulary: Path | str
) -> TaggedPhotos:
    """The photos that thresholds are chosen on, from the files of a run.

    Args:
        features: what the tagger sees of the corpus, a file a shard.
    """
    tables, known = (pd.read_parquet(tags), pd.read_parquet(split)), read_vocabulary(vocabulary)
    return part_of("validation", *tables, read_features(features), known.tags)


def copy(source: Path | str, to: Path) -> None:
    """Copy a file, whole or not at all."""
    with atomic_write(to) as part:
        shutil.copyfile(source, part)
