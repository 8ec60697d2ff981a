"""Scoring a large test set, against scikit-learn: scoring.csv.

`python tests/benchmarks/bench_scoring.py [--quick]`. A tagger of 64 numbers a photo, features times
tag vectors, gives 50,000 photos 20,000 scores each: 4 GB, of which neither side keeps more than
a block. Ours is `compute_metrics`; scikit-learn is called as its guide says, in slices of the same
size: average_precision_score by tag, label_ranking_average_precision_score, and
precision_recall_fscore_support of the first tags by photo and by tag. Both make the scores as
they need them, in one thread. The values must agree to 1e-6.

`scores_50k_20k`: the most memory that our whole process held for all of it, beside the limit
set. scikit-learn would take too long for that: `seconds_*` times both sides on a random part of its
photos and tags.
"""

import sys
from pathlib import Path

from harness import arguments, compare, conclude, take_turns, version_of
from measuring import ONE_THREAD, Cost, Worker

CORPUS, PART = (50_000, 20_000), (5_000, 2_000)
QUICK_CORPUS, QUICK_PART = (2_000, 500), (1_000, 300)
LIMIT = 2000.0
SIDE = [sys.executable, Path(__file__).with_name("scoring_sides.py")]
AGREED = 1e-6


def hold(mine: Cost, yours: Cost) -> None:
    """Both sides found the same values; else an error."""
    for name, value in yours.answer.items():
        if not abs(mine.answer[name] - value) <= AGREED:
            sys.exit(f"{name} should be {value} as scikit-learn finds, but is {mine.answer[name]}")


def main() -> None:
    given = arguments(__doc__)
    corpus, part = (QUICK_CORPUS, QUICK_PART) if given.quick else (CORPUS, PART)
    with Worker(SIDE, ONE_THREAD) as ours, Worker(SIDE, ONE_THREAD) as theirs:
        runs = take_turns(
            lambda: ours.ask("ours", corpus=corpus, part=part),
            lambda: theirs.ask("theirs", corpus=corpus, part=part),
            given.pairs,
        )
    for mine, yours in runs:
        hold(mine, yours)
    with Worker(SIDE, ONE_THREAD) as ours:
        whole = ours.ask("ours", corpus=corpus, part=corpus)
    about = "scikit-learn", version_of("scikit-learn")
    size, all_of = ("_".join(f"{one // 1000}k" for one in of) for of in (part, corpus))
    seconds = [(mine.seconds, yours.seconds) for mine, yours in runs]
    rows = [
        compare(f"seconds_{size}_of_{all_of}", *about, "s", seconds, better="less"),
        compare(f"scores_{all_of}", "limit", "", "MB", [(whole.megabytes, LIMIT)], better="less"),
    ]
    print(f"all of it: {whole.seconds:.0f} s, {whole.megabytes:.0f} MB")
    conclude("scoring", rows, given.quick)


if __name__ == "__main__":
    main()
