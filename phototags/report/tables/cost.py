"""Cost of a run: `python -m phototags.report.tables.cost benchmarks results/pictures`.

From the benchmark files of Snakemake: benchmarks/RULE/(RUN or CORPUS)... of each job.
"""

import sys
from pathlib import Path

import pandas as pd

from phototags.errors import PhototagsError
from phototags.io.storage import write_text


def describe_cost(benchmarks: Path, results: Path) -> str:
    """Number of jobs, CPU minutes, and memory and rule of the largest job, in a sentence.

    Args:
        benchmarks: folder of this run's benchmarks, perhaps also of other runs.
        results: folder of the run; its name and its scores.csv say which benchmarks are its own.

    Raises:
        PhototagsError: when no job of the run has a benchmark.
    """
    scores = pd.read_csv(results / "scores.csv", usecols=["train", "test"])
    named = {results.name, "wordnet", *scores["train"], *scores["test"]}
    files = [
        file
        for file in sorted(benchmarks.rglob("*.tsv"))
        if run_or_corpus(file, benchmarks) in named
    ]
    if not files:
        raise PhototagsError(
            f"expected benchmarks of {results.name}'s jobs under {benchmarks}, found none. "
            "Run `make results` first."
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


def run_or_corpus(file: Path, benchmarks: Path) -> str:
    """The run or the corpus of a job."""
    return file.relative_to(benchmarks).parts[1].removesuffix(".tsv")


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    write_text(folder / "cost.md", describe_cost(Path(sys.argv[1]), folder) + "\n")
