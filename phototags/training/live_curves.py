"""Curves to look at while a training runs: DVCLive's files, which `dvc plots` and VS Code draw."""

import logging
import math
import os
from pathlib import Path

log = logging.getLogger(__name__)


class LiveCurves:
    """A fit's `follow`: each epoch's numbers, as a line of one file each.

    What is drawn live is no result: the files lie outside every job's outputs, git's and DVC's,
    and a training that goes on after a kill writes them anew. DVCLive is held back from all
    else that it does by itself: it makes no experiment, no dvc.yaml, no report, asks no server,
    and makes no DVC repository where there is none.

    Args:
        folder: for the `plots/metrics/*.tsv` of one training.
    """

    def __init__(self, folder: Path | str):
        self.live, here = None, Path.cwd()
        if not any((one / ".dvc").is_dir() for one in (here, *here.parents)):
            log.info("no DVC repository here: no live curves are written")
            return
        os.environ.setdefault("DVC_STUDIO_OFFLINE", "true")
        try:
            self.live = opened(os.fspath(folder))
        except Exception as error:  # of git, DVC or the disk; a training needs no curves
            log.warning("no live curves are written: %s: %s", type(error).__name__, error)

    def __call__(self, row: dict) -> None:
        """Add an epoch; what is no number is left out.

        DVCLive's `next_step` and `end` do more than that, so they are not called.
        """
        if self.live is None:
            return
        self.live.step = row["epoch"]
        for name, value in row.items():
            if name != "epoch" and value is not None and not math.isnan(value):
                self.live.log_metric(name, float(value))


def opened(folder: str):
    """DVCLive's logger of a training that starts anew."""
    from dvclive import Live  # takes a second

    live = Live(folder, save_dvc_exp=False, dvcyaml=None, report=None, resume=False)
    if repository := getattr(live, "_dvc_repo", None):
        repository.close()  # else it complains of its packs when Python ends
    return live
