"""Tag vectors across corpora of labels, in one locked matrix: results/benchmarks/labels.{csv,md}.

`PHOTOTAGS_MIRROR=FOLDER python tests/benchmarks/judge_labels.py [--quick]`. No picture is needed:
FOLDER/labels_named has the labels of Corel-5K, ESP Game, IAPR TC-12 and of 10,000 photos of Visual
Genome (VG-500), each by name. Tag vectors are learned from the training photos of one corpus and
complete the labels of another's test photos. Some minutes of one core.

results/benchmarks/labels_lock.json locks photos, labels and word mappings by their sha256: scores
of another year are for the same test. `--lock` writes it, where it is not there.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd
import polars as pl
import tag_corpus
import yaml
from harness import RESULTS, ROOT, conclude_page, peer_python, version_of
from judge_across import cleaned, judged, learn
from measuring import Worker

from phototags.errors import CorpusError
from phototags.evaluation.metrics.summary import summarise_tag_vectors
from phototags.evaluation.tag_completion_scores import (
    TagVectorTables,
    common_tags,
    score_tag_vectors,
)
from phototags.io.storage import write_csv, write_text
from phototags.report.markdown import format_table
from phototags.report.tables.cells import format_interval
from phototags.report.tables.score_pages import format_tag_vectors
from phototags.tags.encoding import encode_tags
from phototags.tags.mapping import map_vocabulary
from phototags.tags.split import hash_to_unit
from phototags.tags.wordnet import WordNet
from phototags.workflow.config import Params, validate_params

CORPORA = ("corel5k", "espgame", "iaprtc12", "vg500")
BRIDGES = ("exact", "synset")
SPLIT_SEED, TEST_SHARE = 0, 0.2  # of vg500, whose training part cannot be had
LOCK = RESULTS / "labels_lock.json"
WORDNET = ROOT / "data/sources/wordnet/wordnet-base.deb"
GENSIM = {"alpha": 0.025, "sample": 0.0}
GENSIM_POWER = 0.75  # of its negatives
RENAMED = {"nearest": "gensim, nearest", "tag-vectors": "gensim"}


class Corpus(NamedTuple):
    """Labels of the training and of the test photos, as the pipeline spells them, by photo id."""

    train: pd.Series
    test: pd.Series

    @property
    def words(self) -> list[str]:
        """The labels of the training photos, most photos first."""
        return self.train.explode().dropna().value_counts(sort=True).sort_index(
            kind="stable").sort_values(ascending=False, kind="stable").index.tolist()  # fmt: skip


def read_corpus(folder: Path, name: str) -> Corpus:
    """Read the published split of a corpus; vg500's is by the hash of the photo's id."""
    files = {part: folder / f"{name}_{part}.tsv" for part in ("train", "test")}
    parts = {part: read_labels(file) for part, file in files.items() if file.exists()}
    if len(parts) == 1:
        tested = [hash_to_unit(SPLIT_SEED, one) < TEST_SHARE for one in parts["test"].index]
        tested = pd.Series(tested, parts["test"].index)
        parts = {"train": parts["test"][~tested], "test": parts["test"][tested]}
    return Corpus(**parts)


def read_labels(file: Path) -> pd.Series:
    """Labels of photos, cleaned, by photo id."""
    table = pl.read_csv(file, separator="\t", quote_char=None, infer_schema=False)
    tags = cleaned(table["tags"].fill_null("").str.split(","))
    return pd.Series(tags.to_list(), table["photo_id"].to_list(), dtype=object)


def rename(photos: pd.Series, pairs: list[tuple[int, int]], tags: list[str], words: list[str]):
    """Test labels by the tags that stand for them; those without one stay as they are."""
    names: dict[str, str] = {}
    for tag, word in pairs:
        names.setdefault(words[word], tags[tag])
    return photos.map(lambda own: list(dict.fromkeys(names.get(word, word) for word in own)))


def hash_text(text: str) -> str:
    """sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_photos(photos: pd.Series) -> str:
    """sha256 of photo ids and their labels."""
    return hash_text("".join(f"{one}\t{','.join(own)}\n" for one, own in photos.items()))


def describe_tests(corpora: dict[str, Corpus], mappings: dict) -> dict:
    """What the matrix is tested on: counts and hashes of photos, labels and word mappings."""
    return {
        "photos": {
            name: {
                part: {"photos": len(photos), "sha256": hash_photos(photos)}
                for part, photos in corpus._asdict().items()
            }
            for name, corpus in corpora.items()
        },
        "mappings": {
            f"{train} to {test} by {bridge}": {
                "words": len({word for _, word in pairs}),
                "sha256": hash_text(json.dumps(pairs)),
            }
            for (train, test, bridge), pairs in mappings.items()
        },
    }


def check_lock(found: dict, write: bool) -> None:
    """Compare with LOCK, or write it where it is not there.

    Raises:
        CorpusError: a test is another than the locked one, or there is no lock.
    """
    if write and not LOCK.exists():
        write_text(LOCK, json.dumps(found, indent=1, sort_keys=True) + "\n")
    if not LOCK.exists():
        raise CorpusError(f"{LOCK} should lock the tests: write it once with --lock.")
    locked = json.loads(LOCK.read_text())
    changed = [
        f"{kind}: {name}"
        for kind in found
        for name in sorted(locked[kind].keys() | found[kind].keys())
        if locked[kind].get(name) != found[kind].get(name)
    ]
    if changed:
        raise CorpusError(
            f"{LOCK} locks other tests than these ({'; '.join(changed)}): scores could not be "
            "compared. Undo what changed them, or remove the file and say so in the CHANGELOG."
        )


def learn_gensim(worker: Worker, photos: pd.Series, words: list[str], settings) -> tuple:
    """(T, D) input and output vectors that gensim learns from the same photos, one seed."""
    with TemporaryDirectory() as folder:
        files = tag_corpus.write(encode_tags(photos, words), Path(folder) / "photos")
        given = {"vector_size": settings.dimensions, "epochs": settings.epochs, "workers": 1}
        worker.ask("prepare", **files, from_file=False, **GENSIM, **given)
        worker.ask("train")
        worker.ask("save", path=str(Path(folder) / "vectors.npz"))
        return tag_corpus.read_table(Path(folder) / "vectors.npz", len(words))


def judge(
    words: list[str], training: pd.Series, test: pd.Series, learned: dict, gensim, params: Params
) -> pd.DataFrame:
    """Scores of one training corpus on one test corpus, of every seed; gensim's beside ours."""
    rows = common_tags(words, test)
    tags = [words[row] for row in rows]
    given = pd.DataFrame({"tags": test.to_list(), "user_id": None})
    theirs = TagVectorTables({0: gensim[0][rows]}, {0: gensim[1][rows]}, GENSIM_POWER)
    scores = judged(words, training, test, learned, params)
    resamples = params.score.resamples, params.score.seed
    peer = score_tag_vectors(tags, training, given, theirs, *resamples)
    peer = peer[peer["system"].isin(RENAMED)]
    peers = [peer.assign(system=peer["system"].map(RENAMED), seed=seed) for seed in learned]
    return pd.concat([scores, *peers], ignore_index=True)


def judge_all(
    corpora: dict[str, Corpus], mappings: dict, params: Params, quick: bool
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Scores of each pair of corpora by each bridge; of a corpus with itself by `exact`."""
    python = peer_python("gensim")
    with Worker([python, Path(__file__).with_name("gensim_side.py")]) as worker:
        for train, corpus in list(corpora.items())[: 1 if quick else None]:
            photos, words = corpus.train.reset_index(drop=True), corpus.words
            learned = learn(words, photos, params.embed_tags, params.train.seeds)
            gensim = learn_gensim(worker, photos, words, params.embed_tags)
            for (name, test, bridge), pairs in mappings.items():
                if name != train:
                    continue
                own = rename(corpora[test].test, pairs, words, list_words(corpora[test]))
                print(train, test, bridge, file=sys.stderr, flush=True)
                scores = judge(words, photos, own, learned, gensim, params)
                yield train, f"{test}, {bridge}", scores.assign(bridge=bridge)


def format_matrix(scores: pd.DataFrame) -> str:
    """R@10 of our tag vectors: a row a training corpus, a column a test corpus."""
    rows = scores[(scores["system"] == "tag-vectors") & (scores["metric"] == "recall")]
    rows = rows[rows["seed"] == "mean"].set_index(["train", "test"], drop=False)
    cells = [
        [train, *(format_interval(rows.loc[(train, f"{test}, exact")]) for test in CORPORA)]
        for train in dict.fromkeys(rows["train"])
    ]
    table = format_table(["learned from", *CORPORA], cells)
    return f"R@10 of `tag-vectors`, labels of equal spelling:\n\n{table}\n"


def list_words(corpus: Corpus) -> list[str]:
    """The labels of the test photos, sorted."""
    return sorted(set(corpus.test.explode().dropna()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one training corpus; writes nothing")
    parser.add_argument("--lock", action="store_true", help="write the lock if there is none")
    given = parser.parse_args()
    params = validate_params(yaml.safe_load((ROOT / "params.yaml").read_text()))
    folder = Path(os.environ["PHOTOTAGS_MIRROR"]) / "labels_named"
    corpora, wordnet = {name: read_corpus(folder, name) for name in CORPORA}, WordNet.read(WORDNET)
    mappings = {
        (train, test, bridge): map_vocabulary(bridge, one.words, list_words(other), wordnet)
        for train, one in corpora.items()
        for test, other in corpora.items()
        for bridge in (BRIDGES if train != test else BRIDGES[:1])
    }
    check_lock(describe_tests(corpora, mappings), given.lock)
    files, pairs = [], []
    with TemporaryDirectory() as parts:
        for train, test, scores in judge_all(corpora, mappings, params, given.quick):
            files.append(Path(parts) / f"{len(files)}.parquet")
            pairs.append((train, test))
            scores.to_parquet(files[-1])
        table = summarise_tag_vectors(files, pairs)
    about = (
        f"\n`gensim`: Word2Vec {version_of('gensim', peer_python('gensim'))} on the same photos, "
        "skip-gram with 5 negatives, the whole photo as window, as many dimensions and epochs as "
        "ours, one seed, scored as `nearest` and `tag-vectors` are. `exact`: labels of equal "
        "spelling; `synset`: also those of the same noun or WordNet synset. Tests are locked in "
        "labels_lock.json.\n"
    )
    if not given.quick:
        write_csv(RESULTS / "labels.csv", table)
    head, _, rest = format_tag_vectors(table).partition("\n## ")
    text = f"{head.rstrip()}\n{about}\n{format_matrix(table)}\n## {rest}"
    conclude_page("labels", text, given.quick)


if __name__ == "__main__":
    main()
