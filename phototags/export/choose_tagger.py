"""Choose the system to export: the one that the validation photos prefer."""

import csv
import logging
import math
from collections.abc import Iterable
from pathlib import Path

from phototags.errors import ModelError

log = logging.getLogger(__name__)


def choose_tagger(histories: Iterable[tuple[str, Path | str]]) -> dict:
    """Choose the system with the highest validation mAP of its selected epoch, the mean of seeds.

    Args:
        histories: system and history.csv of each training; equal systems keep their order.

    Returns:
        `system`, and `ranking`, pairs of a system and its mean, best first.

    Raises:
        ModelError: when no system was evaluated, for lack of validation photos.
    """
    by_system: dict[str, list[float]] = {}
    for system, path in histories:
        by_system.setdefault(system, []).append(read_best_map(path))
    means = {name: math.fsum(maps) / len(maps) for name, maps in by_system.items()}
    known = {name: mean for name, mean in means.items() if not math.isnan(mean)}
    if not known:
        raise ModelError(
            "expected a validation mAP by which to choose a system to export, found none for "
            f"{', '.join(means)}: no validation photo has a known tag. Name one in export.system."
        )
    ranking = sorted(known.items(), key=lambda one: -one[1])
    log.info("exported is the first by validation mAP: %s", format_ranking(ranking))
    return {"system": ranking[0][0], "ranking": ranking}


def read_best_map(path: Path | str) -> float:
    """The validation mAP of the selected epoch in a history.csv; nan without validation photos."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["best"] == "True"]
    return float(rows[0]["validation_map"] or "nan") if rows else float("nan")


def format_ranking(ranking: Iterable[tuple[str, float]]) -> str:
    """Systems with their validation mAP in percent.

    >>> format_ranking([("im2vec", 0.27), ("multihot", 0.1234)])
    'im2vec 27.0, multihot 12.3'
    """
    return ", ".join(f"{name} {100 * value:.1f}" for name, value in ranking)
