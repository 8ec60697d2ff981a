"""What every step dropped, added up."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

GROUP = ["corpus", "step", "reason"]


def drops_table(files: Iterable[Path | str]) -> pd.DataFrame:
    """How much each step dropped: corpus, step, reason, photos.

    The same drop listed by several files (every seed drops the same test photos) counts once.
    Where a step drops words and not photos, `photos` counts the words.

    Args:
        files: tab-separated step, photo_id, reason, detail, named `{corpus}/*.tsv` or
            `scores_{corpus}.drops.tsv`.
    """
    frames = []
    for file in map(Path, files):
        own = file.name.startswith("scores_")
        corpus = file.name[len("scores_") : -len(".drops.tsv")] if own else file.parent.name
        drops = pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False)
        frames.append(drops.assign(corpus=corpus))
    drops = pd.concat(frames, ignore_index=True)
    what = drops["photo_id"].where(drops["photo_id"] != "", drops["detail"])
    distinct = drops.assign(what=what).drop_duplicates([*GROUP, "what"])
    return distinct.groupby(GROUP, sort=True).size().rename("photos").reset_index()
