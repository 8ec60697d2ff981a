"""Rule `summarise_splits`: means over splits, and systems compared in pairs, as tables."""

import pandas as pd

from phototags.evaluation.metrics.split_means import compare_systems, summarise_splits
from phototags.io.logs import start_job
from phototags.io.storage import write_csv
from phototags.report.tables.split_pages import write_split_pages

given = start_job(snakemake)  # noqa: F821
output = given.output
jobs = zip(given.params.jobs, given.input.scores, strict=True)
scores = pd.concat(
    [pd.read_parquet(path).assign(train=train, seed=seed) for (train, seed), path in jobs]
)
splits, bands = summarise_splits(scores)
pairs = compare_systems(scores)
for table, path in ((splits, output.splits), (bands, output.bands), (pairs, output.pairs)):
    write_csv(path, table)
write_split_pages(splits, bands, pairs, output.table, output.paired, given.params.backbone)
