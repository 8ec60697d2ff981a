"""What a run cost: `python -m phototags.tables.cost benchmarks results/pictures/cost.md`.

From the benchmark file that Snakemake keeps for each job.
"""

import sys
from pathlib import Path

import pandas as pd

from phototags.errors import PhototagsError
from phototags.storage import whole


def cost(benchmarks: Path) -> str:
    """A sentence: jobs, CPU minutes, and the memory and the rule of the largest job.

    Raises:
        PhototagsError: when no job has left a benchmark.
    """
    files = sorted(benchmarks.rglob("*.tsv"))
    if not files:
        raise PhototagsError(
            f"expected benchmarks of jobs under {benchmarks}, found none. Run `make results` first."
        )
    tables = [pd.read_csv(file, sep="\t", na_values="-").tail(1) for file in files]
    jobs = pd.concat(tables, ignore_index=True)
    jobs["rule"] = [file.relative_to(benchmarks).parts[0] for file in files]
    largest = jobs.loc[jobs["max_rss"].idxmax()]
    minutes = jobs["cpu_time"].sum() / 60
    return (
        f"`make results` had {len(jobs)} jobs that took {minutes:.0f} minutes of one core; "
        f"the largest ({largest['rule']}) held {largest['max_rss'] / 1024:.1f} GB."
    )


if __name__ == "__main__":
    with whole(sys.argv[2]) as part:
        part.write_text(cost(Path(sys.argv[1])) + "\n", encoding="utf-8")
