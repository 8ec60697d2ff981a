"""Tag vectors judged on other corpora's labels: results/benchmarks/tag_vectors_across.{csv,md}.

`PHOTOTAGS_MIRROR=FOLDER python tests/benchmarks/judge_across.py`, after `make results`. No picture
is needed, so corpora whose pictures can't be had are judged too. Learned from: the training photos
of the default run, and the real rows of YFCC100M in the mirror (all of them: no test corpus has
their photos). Tested on: the words of Corel-5K, of Flickr8k, of ESP Game and IAPR TC-12 (their
named columns), and of Visual Genome's 150 objects. Settings are those of params.yaml.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import polars as pl
import yaml
from harness import RESULTS, ROOT

from phototags.corpora.formats.yfcc_lines import read_blocks
from phototags.evaluation.metrics.summary import summarise_tag_vectors
from phototags.evaluation.tag_completion_scores import (
    TagVectorTables,
    common_tags,
    score_tag_vectors,
)
from phototags.io.storage import atomic_write
from phototags.params.embeddings import EmbedTags
from phototags.params.vocabulary import Vocabulary
from phototags.report.tables.score_pages import format_tag_vectors
from phototags.tag_vectors.embed_tags import embed_tags
from phototags.tag_vectors.initialisation import load_text_vectors
from phototags.tags.candidates import list_candidates, select_vocabulary
from phototags.tags.cleaning import clean_photos
from phototags.tags.encoded_photos import EncodedPhotos, decode_part, encode_photos
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import read_vocabulary
from phototags.workflow.config import Params, validate_params

MATRICES = {
    "esp_game": "espgame_annotations/esp_test_annot.txt",
    "iaprtc12": "iaprtc12_annotations/iapr_test_annot.txt",
}
TABLES = {
    "corel5k": "corel5k/photos.tsv",
    "flickr8k": "flickr8k/photos.tsv",
    "visual_genome-150": "visual_genome_annotations/photos_vg150_test.tsv",
}


def tested(mirror: Path) -> Iterator[tuple[str, pd.Series]]:
    """Each test corpus with the cleaned tags of its photos."""
    for name, file in TABLES.items():
        table = pl.read_csv(mirror / file, separator="\t", quote_char=None, infer_schema=False)
        yield name, cleaned(table["tags"].fill_null("").str.split(","))
    for name, file in MATRICES.items():
        columns = pd.read_csv((mirror / file).with_name("words_recovered.tsv"), sep="\t")
        has = np.loadtxt(mirror / file, delimiter=",", dtype=np.int8)[:, columns["column"] - 1] > 0
        words = columns["word"].to_numpy()
        yield name, cleaned(pl.Series([words[row].tolist() for row in has]))


def cleaned(written: pl.Series) -> pd.Series:
    """The tags of each photo as the pipeline spells them."""
    photos = pl.DataFrame({"tags": written}).with_row_index("row")
    photos = photos.with_columns(user_id=pl.lit(None))
    with TemporaryDirectory() as folder:
        numbers, _ = clean_photos(encode_photos(photos.to_arrow().to_batches(), Path(folder)))
        return tags_of(numbers)


def tags_of(photos: EncodedPhotos) -> pd.Series:
    """The tags of each photo as texts."""
    return pl.concat([decode_part(part, photos.tags)["tags"] for part in photos]).to_pandas()


def of_the_default_run(params: Params) -> tuple[list[str], pd.Series]:
    """Its vocabulary and its training photos' tags."""
    folder = ROOT / "models" / params.run / params.experiments[0].train
    split = pd.read_parquet(folder / "split.parquet", columns=["row", "part"])
    photos = pd.read_parquet(folder / "tags.parquet").merge(split, on="row")
    vocabulary = read_vocabulary(folder / "vocabulary.tsv").tags
    return vocabulary, photos.loc[photos["part"] == "train", "tags"]


def of_yfcc_rows(lines: Path) -> tuple[list[str], pd.Series]:
    """Tags of three people and more, without apps and cameras; and all rows' tags."""
    photos = pl.concat([pl.from_arrow(block.photos) for block in read_blocks(lines)])
    photos = photos.select("user_id", "tags").with_row_index("row")
    rules = {"min_users": 3, "min_photos": 3, "max_tags": None, "refuse": ["apps"]}
    with TemporaryDirectory() as folder:
        tags, _ = clean_photos(encode_photos(photos.to_arrow().to_batches(), Path(folder)))
        table = list_candidates(tags, [], Vocabulary(**rules))
        return select_vocabulary(table)["tag"].to_list(), tags_of(tags)


def judged(
    vocabulary: list[str], training: pd.Series, test: pd.Series, learned: dict, params: Params
) -> pd.DataFrame:
    """Scores of one training corpus on one test corpus, of every seed."""
    rows = common_tags(vocabulary, test)
    tags, settings = [vocabulary[row] for row in rows], params.embed_tags
    text = load_text_vectors(settings.init, [], tags)
    own, contexts = (
        {seed: getattr(table, part).numpy()[rows] for seed, table in learned.items()}
        for part in ("input_vectors", "output_vectors")
    )
    tables = TagVectorTables(own, contexts, settings.power, text and text.embed(tags))
    return score_tag_vectors(
        tags,
        training,
        pd.DataFrame({"tags": test, "user_id": None}),
        tables,
        params.score.resamples,
        params.score.seed,
    )


def learn(
    vocabulary: list[str], training: pd.Series, settings: EmbedTags, seeds: list[int]
) -> dict:
    text = load_text_vectors(settings.init, [], vocabulary)
    sets = encode_tags(training, vocabulary)
    return {seed: embed_tags(sets, vocabulary, settings, seed, text)[0] for seed in seeds}


def main() -> None:
    mirror = Path(os.environ["PHOTOTAGS_MIRROR"])
    params = validate_params(yaml.safe_load((ROOT / "params.yaml").read_text()))
    trained = {
        params.experiments[0].train: of_the_default_run(params),
        "yfcc100m": of_yfcc_rows(mirror / "yfcc100m_rows/yfcc100m_dataset_4k.tsv"),
    }
    files, pairs, tests = [], [], list(tested(mirror))
    with TemporaryDirectory() as folder:
        for train, (vocabulary, training) in trained.items():
            learned = learn(vocabulary, training, params.embed_tags, params.train.seeds)
            for test, photos in tests:
                files.append(Path(folder) / f"{train}-{test}.parquet")
                pairs.append((train, test))
                judged(vocabulary, training, photos, learned, params).to_parquet(files[-1])
        scores = summarise_tag_vectors(files, pairs)
    with atomic_write(RESULTS / "tag_vectors_across.csv") as part:
        scores.to_csv(part, index=False, lineterminator="\n")
    with atomic_write(RESULTS / "tag_vectors_across.md") as part:
        part.write_text(format_tag_vectors(scores))


if __name__ == "__main__":
    main()
