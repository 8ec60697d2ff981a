"""Everything that is told of systems that know users beside those that do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from phototags.evaluation.users.relative_improvement import gains, judged
from phototags.evaluation.users.user_tags import known_tags, tags_found
from phototags.io.storage import atomic_write
from phototags.tags.vocabulary import TagVocabulary

DIGITS = 6


@dataclass(frozen=True)
class Comparison:
    """What `gains` says of the systems, and what `tags_found` says of each, system by system."""

    gains: pd.DataFrame
    tags: pd.DataFrame

    def write(self, gains: Path | str, tags: Path | str) -> None:
        """Write the two tables as CSV, numbers with DIGITS digits after the point."""
        for table, path in ((self.gains, gains), (self.tags, tags)):
            with atomic_write(path) as part:
                table.round(DIGITS).to_csv(part, index=False, lineterminator="\n")


def compared(
    systems: Mapping[str, Mapping],
    scores: Sequence[Path | str],
    predictions: Sequence[Path | str],
    photos: pd.DataFrame,
    vocabulary: TagVocabulary,
    resamples: int,
    seed: int,
) -> Comparison:
    """Compare systems on the photos that have a tag of the vocabulary.

    Args:
        systems: settings by name.
        scores, predictions: what `score_tagger` wrote, system by system, a file a seed.
        photos: user_id and tags, by row.
        resamples, seed: of the bootstraps.
    """
    known, seeds = known_tags(photos["tags"], vocabulary), len(scores) // len(systems)
    files = {
        name: (scores[at * seeds : (at + 1) * seeds], predictions[at * seeds : (at + 1) * seeds])
        for at, name in enumerate(systems)
    }
    found = {name: judged(*both, known) for name, both in files.items()}
    return Comparison(
        gains(systems, found, photos["user_id"], resamples, seed),
        pd.concat([tags_found(name, of, known, vocabulary) for name, (_, of) in files.items()]),
    )
