"""Rule `describe_box`: score the tagger in the box on test photos, and write its card."""

from pathlib import Path

from phototags.box.card import write_box_card
from phototags.box.corpora import group_files
from phototags.box.score_box import score_box
from phototags.features.feature_cache import read_features
from phototags.io.logs import start_job
from phototags.io.storage import write_csv
from phototags.tag_vectors.zero_shot_model import read_zero_shot

given = start_job(snakemake)  # noqa: F821
files, params = given.input, given.params
folder = Path(files.model).parent
corpora = group_files(params.corpora, files.tags, files.split, files.features, params.shards)
resized = {params.resized: read_features([files.resized])} if files.resized else {}
scores = score_box(folder, corpora, resized)
write_csv(given.output.scores, scores, float_format="%.6g")
write_box_card(folder, given.output.card, scores, read_zero_shot(*files.zero_shot), params.train)
