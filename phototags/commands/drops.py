"""`phototags losses`: what a corpus lost on its way from the listing to the photos used."""

import argparse
from pathlib import Path

from phototags.commands.common import ALL_FINE, corpus_folder

SUMMARY = "say what became of the photos of a corpus"
DETAILS = """\
examples:
  phototags losses yfcc100m

Of a corpus on the web, first what became of each address, as far as its shards are done. A photo
that is "asked again" can still be had: `snakemake --forcerun download_photos` with the same
preset asks for those alone. Then, once the corpus is collected, what each step left out.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("corpus", metavar="CORPUS", help="a corpus that was listed here")


def run(given: argparse.Namespace) -> int:
    """Print the tables."""
    folder = corpus_folder(given.corpus)
    print("\n\n".join([*addresses(folder), *dropped(folder)]))
    return ALL_FINE


def addresses(folder: Path) -> list[str]:
    """What became of the photo urls, where some were asked for."""
    from phototags.download.outcomes import MEANING
    from phototags.download.shard_tables import census
    from phototags.report.tables.markdown import table

    shards = sorted((folder / "shards").glob("*.downloads.parquet"))
    if not shards:
        return []
    losses = census(shards)
    rows = [
        (
            str(loss.outcome),
            MEANING[loss.outcome],
            f"{loss.photos:,}",
            f"{100 * loss.share:.1f} %",
            f"{loss.again:,}",
        )
        for loss in losses
    ]
    asked = sum(loss.photos for loss in losses)
    head = ["outcome", "what it means", "photos", "share", "asked again"]
    heading = f"{folder.name}: {asked:,} addresses of photos in {len(shards):,} shards"
    return [heading, table(head, rows, words=2)]


def dropped(folder: Path) -> list[str]:
    """What each step left out."""
    from pyarrow.parquet import read_metadata

    from phototags.evaluation.metrics.drop_counts import drops_table
    from phototags.report.drops import way
    from phototags.report.tables.markdown import table

    photos, drops = folder / "photos.parquet", folder / "drops.tsv"
    if not (photos.exists() and drops.exists()):
        return [f"{folder.name}: not collected yet, so what its steps dropped is not known"]
    took = way(folder.name, drops_table([drops]), read_metadata(photos).num_rows)
    rows = [
        (loss.step, loss.reason, f"{loss.photos:,}", f"{loss.share:.1f} %", f"{loss.left:,}")
        for loss in took.losses
    ]
    heading = f"{folder.name}: {took.listed:,} photos listed, {took.used:,} used"
    head = ["step", "reason", "photos", "share", "left"]
    return [heading, *([table(head, rows, words=2)] if rows else [])]
