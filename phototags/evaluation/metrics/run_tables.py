"""Drop counts and training curves of a run, from the files of its jobs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

GROUP = ["corpus", "step", "reason"]
CURVE_COLUMNS = ["train", "system", "seed", "epoch", "loss", "validation_map"]
CURVE_COLUMNS += ["active_units"]
DECIMALS = 6


def count_drops(files: Iterable[Path | str]) -> pd.DataFrame:
    """Count what each step dropped: corpus, step, reason, photos.

    A drop listed in several files (every seed drops the same test photos) counts once.
    Where a step drops words and not photos, `photos` counts the words.

    Args:
        files: tab-separated step, photo_id, reason, detail, named `{corpus}/*.tsv` or
            `scores_{corpus}.drops.tsv`.
    """
    frames = []
    for file in map(Path, files):
        scored = file.name.startswith("scores_")
        corpus = file.name[len("scores_") : -len(".drops.tsv")] if scored else file.parent.name
        drops = pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False)
        frames.append(drops.assign(corpus=corpus))
    drops = pd.concat(frames, ignore_index=True)
    dropped = drops["photo_id"].where(drops["photo_id"] != "", drops["detail"])
    distinct = drops.assign(dropped=dropped).drop_duplicates([*GROUP, "dropped"])
    return distinct.groupby(GROUP, sort=True).size().rename("photos").reset_index()


def collect_training_curves(
    files: Iterable[Path | str], taggers: Iterable[Sequence]
) -> pd.DataFrame:
    """Collect the training curves of all taggers, CURVE_COLUMNS.

    Args:
        files: a history.csv each, the same one for all seeds of a system that no seed changes; a
            baseline has one row, epoch 0, without a loss.
        taggers: [train, system, seed] of each file.
    """
    frames = []
    for file, (train, system, seed) in zip(files, taggers, strict=True):
        history = pd.read_csv(file).reindex(columns=CURVE_COLUMNS[3:])
        if len(history):
            frames.append(history.assign(train=train, system=system, seed=str(seed)))
    frames = frames or [pd.DataFrame(columns=CURVE_COLUMNS)]
    return pd.concat(frames, ignore_index=True)[CURVE_COLUMNS].round(DECIMALS)
