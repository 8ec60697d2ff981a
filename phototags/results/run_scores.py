"""Scores of a run with their replicates, from the files that its committed results were made of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from phototags.errors import PhototagsError
from phototags.evaluation.metrics.summary import MEASURE, mean_rows, read_scores
from phototags.evaluation.split_scores import ALL, SPLIT_SCORES
from phototags.params.score import Score
from phototags.results.manifest import load_params
from phototags.tags.vocabulary import read_vocabulary

ROUNDING = 2e-6


@dataclass(frozen=True, eq=False)
class Run:
    """A run's committed scores, and the files of its jobs.

    Args:
        folder: results/RUN of a checkout. models: its models/RUN.
        settings: how it is scored. scores: its scores.csv.
    """

    folder: Path
    models: Path
    settings: Score
    scores: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """Read results/RUN.

        Raises:
            PhototagsError: when there is no scores.csv.
        """
        if not (folder / "scores.csv").exists():
            raise PhototagsError(
                f"{folder} should be the results of a run, but has no scores.csv. Give a folder "
                "like results/pictures; for another commit make a worktree: docs/reruns.md."
            )
        name, root = folder.resolve().name, folder.resolve().parents[1]
        settings = load_params(name, root).score
        return cls(folder, root / "models" / name, settings, read_scores(folder / "scores.csv"))

    def systems(self, train: str, test: str) -> list[str]:
        """Systems that were trained on one corpus and tested on another, in the run's order."""
        of = self.scores[(self.scores["train"] == train) & (self.scores["test"] == test)]
        return of["system"].unique().tolist()

    def read_system(self, train: str, test: str, system: str) -> pd.DataFrame:
        """A system's means over seeds by bridge, metric and k: value, photos, tags, replicates.

        Raises:
            PhototagsError: when its files are missing, or are not those of the committed scores.
        """
        files = sorted((self.models / train / system).glob(f"seed*/scores_{test}.parquet"))
        seeds = [pd.read_parquet(file).set_index(MEASURE) for file in files]
        if not seeds:
            raise PhototagsError(
                f"{self.models / train / system} should hold scores_{test}.parquet of each seed, "
                f"but has none. Run `dvc pull` or `dvc checkout` in {self.models.parents[1]}."
            )
        mean = seeds[0][["photos", "tags"]].copy()
        mean["value"] = np.mean([seed["value"] for seed in seeds], axis=0)
        stacked = [np.stack([*seed["replicates"]]).astype(np.float64) for seed in seeds]
        mean["replicates"] = list(np.mean(stacked, axis=0))
        own = mean_rows(self.scores).set_index(["train", "test", "system"]).loc[train, test, system]
        committed = own.set_index(MEASURE)["value"].reindex(mean.index)
        if not (committed - mean["value"]).abs().max() <= ROUNDING:
            raise PhototagsError(
                f"{self.folder / 'scores.csv'} should have the scores in {self.models}, but those "
                f"of {system} on {test} differ. Run `dvc checkout`, or `make results` again."
            )
        return mean

    def describe_test(self, train: str, test: str, bridge: str) -> dict[str, object]:
        """What must be equal for scores to be compared: test photos and words."""
        system = self.models / train / self.systems(train, test)[0]
        files = sorted(system.glob(f"seed*/predictions_{test}.parquet"))
        if not files:
            raise PhototagsError(
                f"{system} should hold predictions_{test}.parquet of each seed, but has none. "
                f"Run `dvc pull` or `dvc checkout` in {self.models.parents[1]}."
            )
        seed, rows = files[0].parent, pd.read_parquet(files[0], columns=["row"])["row"]
        drops = pd.read_csv(seed / f"scores_{test}.drops.tsv", sep="\t", keep_default_na=False)
        own = drops[drops["step"].str.endswith(f"/{bridge}")]
        known = {"test photos": set(rows)}
        known["photos without a known word"] = set(own.loc[own["photo_id"] != "", "photo_id"])
        known["words that no tag means"] = set(own.loc[own["photo_id"] == "", "detail"])
        if train == test:
            known["tags"] = set(read_vocabulary(self.models / train / "vocabulary.tsv").tags)
        return known

    def read_splits(self, train: str, test: str, bridge: str) -> pd.DataFrame:
        """Scores of the run's splits over all tags, with the seed of each; empty without splits."""
        paths = {int(path.stem[5:]): path for path in (self.models / train).glob("split?*.parquet")}
        tables = [pd.read_parquet(paths[seed]).assign(seed=seed) for seed in sorted(paths)]
        if not tables:
            return pd.DataFrame(columns=[*SPLIT_SCORES.names, "seed"])
        scores = pd.concat(tables)
        of = (scores["test"] == test) & (scores["bridge"] == bridge)
        return scores[of & (scores["training_photos"] == ALL)]
