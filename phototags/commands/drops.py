"""`phototags drops`: count the photos of a corpus that were left out, and why."""

import argparse
from pathlib import Path

from phototags.commands import common
from phototags.errors import PhototagsError

DETAILS = """\
examples:
  phototags drops yfcc100m

For a corpus on the web, first the outcome of each address, as far as its shards are done. Those
under "retry" may still succeed: `snakemake --forcerun download_photos` with the same preset
requests them alone. Then, once the corpus is collected, the photos that each step left out.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("corpus", metavar="CORPUS", help="a corpus that was listed here")


def run(args: argparse.Namespace) -> int:
    """Print the tables."""
    folder = find_corpus(args.corpus)
    common.say("\n\n".join([*tabulate_outcomes(folder), *tabulate_drops(folder)]))
    return common.SUCCESS


def find_corpus(corpus: str) -> Path:
    """The folder of a listed corpus, in the working directory or in the checkout.

    Raises:
        PhototagsError: when there is none; names those that are there.
    """
    found = {
        file.parent.name: file.parent
        for folder in common.candidate_paths("data/corpora")
        for file in folder.glob("*/listing.parquet")
    }
    if corpus not in found:
        raise PhototagsError(
            f"expected data/corpora/{corpus}/listing.parquet, found none; listed here: "
            f"{', '.join(sorted(found)) or 'no corpus'}. Make it with `make results`."
        )
    return found[corpus]


def tabulate_outcomes(folder: Path) -> list[str]:
    """Heading and table of what became of each photo url; nothing where none was requested."""
    from phototags.download.shard_tables import count_outcomes
    from phototags.report.markdown import format_table

    shards = sorted((folder / "shards").glob("*.downloads.parquet"))
    if not shards:
        return []
    counts = count_outcomes(shards)
    rows = [
        (
            str(count.outcome),
            count.outcome.meaning,
            f"{count.photos:,}",
            f"{100 * count.share:.1f} %",
            f"{count.again:,}",
        )
        for count in counts
    ]
    total = sum(count.photos for count in counts)
    head = ["outcome", "what it means", "photos", "share", "retry"]
    heading = f"{folder.name}: {total:,} addresses of photos in {len(shards):,} shards"
    return [heading, format_table(head, rows, words=2)]


def tabulate_drops(folder: Path) -> list[str]:
    """Heading and table of the photos that each step left out."""
    from pyarrow.parquet import read_metadata

    from phototags.evaluation.metrics.run_tables import count_drops
    from phototags.report.drops import trace_corpus
    from phototags.report.markdown import format_table

    photos, drops = folder / "photos.parquet", folder / "drops.tsv"
    if not (photos.exists() and drops.exists()):
        return [f"{folder.name}: not collected yet, so the drops of its steps are unknown"]
    flow = trace_corpus(folder.name, count_drops([drops]), read_metadata(photos).num_rows)
    rows = [
        (count.step, count.reason, f"{count.photos:,}", f"{count.share:.1f} %", f"{count.left:,}")
        for count in flow.drops
    ]
    heading = f"{folder.name}: {flow.listed:,} photos listed, {flow.used:,} used"
    head = ["step", "reason", "photos", "share", "left"]
    return [heading, *([format_table(head, rows, words=2)] if rows else [])]
