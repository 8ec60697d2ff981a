"""Write the folder of an exported tagger."""

import json
import shutil
from pathlib import Path

from phototags.config import Export
from phototags.export.card import model_card
from phototags.metrics.summary import read_scores
from phototags.storage import whole
from phototags.tags.vocabulary import read_vocabulary


def export_tagger(
    to: Path | str,
    run: str,
    export: Export,
    model: Path | str,
    config: Path | str,
    vocabulary: Path | str,
    scores: Path | str,
) -> None:
    """Copy a trained tagger and its vocabulary, and write its card beside them."""
    to = Path(to)
    for source, name in (
        (model, "model.safetensors"),
        (config, "config.json"),
        (vocabulary, "vocabulary.tsv"),
    ):
        with whole(to / name) as part:
            shutil.copyfile(source, part)
    card = model_card(
        run,
        export,
        json.loads(Path(config).read_text(encoding="utf-8")),
        read_vocabulary(vocabulary).tags,
        read_scores(scores),
    )
    with whole(to / "MODEL_CARD.md") as part:
        part.write_text(card, encoding="utf-8")
