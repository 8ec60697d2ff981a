"""The training curves of all taggers of a run in one table."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

COLUMNS = ["train", "system", "seed", "epoch", "loss", "validation_map"]
DECIMALS = 6


def losses_table(files: Iterable[Path | str]) -> pd.DataFrame:
    """The training curves of all taggers: train, system, seed, epoch, loss, validation_map.

    Args:
        files: `.../{train}/{system}/seed{seed}/history.csv` each, one named twice is read once; a
            control has one row, epoch 0, without a loss.
    """
    frames = [pd.DataFrame(columns=COLUMNS)]
    for file in dict.fromkeys(map(Path, files)):
        history = pd.read_csv(file).reindex(columns=COLUMNS[3:])
        *_, train, system, seed, _ = file.parts
        if len(history):
            frames.append(history.assign(train=train, system=system, seed=seed[len("seed") :]))
    frames = frames[1:] or frames
    return pd.concat(frames, ignore_index=True)[COLUMNS].round(DECIMALS)
