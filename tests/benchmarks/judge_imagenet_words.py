"""Words of ImageNet taught by a classifier: results/benchmarks/imagenet_words.{csv,md}.

`python tests/benchmarks/judge_imagenet_words.py FOLDER`, after `make results
RUN=photographs MIRROR=...`. FOLDER keeps the classifier's answers, four minutes of one core.

Would the tagger in the box gain words that no corpus has, if EfficientNet-Lite2's own classes, and
their ancestors in WordNet, were its teacher on photos without labels? Asked of Flickr8k's words
that ImageNet has too: each is learned from no label of Flickr8k, and scored on its test photos.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from harness import RESULTS, ROOT, conclude_page
from torch import Tensor

from phototags.box.corpora import scale_features
from phototags.box.masked_logistic import KnownWords, fit_masked
from phototags.commands.common import BOX
from phototags.evaluation.metrics.ranking import average_precision, rank
from phototags.evaluation.test_photos import TEST_PARTS, TRAINING_PARTS, photos_in_parts
from phototags.evaluation.zero_shot.photos import read_inputs
from phototags.evaluation.zero_shot.unseen_tags import score_held_out
from phototags.features.backbones import extract_features, load_single_backbone
from phototags.features.efficientnet_lite import build_efficientnet_lite
from phototags.features.embed_photos import resize_to_square
from phototags.features.feature_cache import read_features
from phototags.io.storage import read_tensors, write_csv, write_tensors
from phototags.photos.decoding import decode
from phototags.photos.shards import read_members
from phototags.report.markdown import format_page, format_table
from phototags.systems.tagger import read_config
from phototags.tag_vectors.ridge import decompose
from phototags.tags.tag_lists import list_synsets
from phototags.tags.wordnet import WordNet
from tests.presets import merge_presets

CORPUS, TEACHER, BATCH = "flickr8k", "efficientnet_lite2", 32
ROWS = {
    "labels": "labels of the training photos (what no word of ImageNet alone has)",
    "taught": "the teacher's probabilities on the training photos, without their labels",
    "teacher": "the teacher itself, on the test photos",
    "zero-shot": "other words' labels: zero-shot search by MiniLM, the word held out",
}
ABOUT = (
    "Could a classifier of ImageNet teach the tagger in the box words that no corpus labels? "
    "{words} words of `{corpus}` are classes of ImageNet or ancestors of classes in WordNet; mAP "
    "over them on {photos} test photos, in percent, with the 95 % bootstrap interval over words. "
    "`taught`: logistic regressions on the box's features of {learned:,} training photos, whose "
    "targets are the probabilities of `{teacher}`, added up over the classes below a word. Less "
    "zero-shot: the mean difference of a word's AP from zero-shot search. Penalties: {l2:g}, as in "
    "the box."
)


def classify(folder: Path, params, rows: list[int]) -> Tensor:
    """(N, 1000) probabilities of the teacher for photos by row, kept in `folder`."""
    file = folder / f"{TEACHER}_{CORPUS}.safetensors"
    if not file.exists():
        backbone = load_single_backbone(TEACHER)
        head = build_efficientnet_lite(int(TEACHER[-1])).classifier
        caps = params.corpora.max_pixels, params.corpora.max_bytes
        found, batch = {}, {}

        def conclude() -> None:
            with torch.inference_mode():
                answers = head(extract_features(backbone, torch.stack(list(batch.values()))))
            found.update(zip(batch, answers.softmax(1), strict=True))
            batch.clear()

        for shard in sorted((ROOT / "data/corpora" / CORPUS / "shards").glob("*.tar")):
            for row, content in read_members(shard):
                photo = decode(content, *caps)
                batch[row] = resize_to_square(photo, backbone.size, backbone.interpolation)
                if len(batch) == BATCH:
                    conclude()
        if batch:
            conclude()
        order = sorted(found)
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {"rows": torch.tensor(order), "chances": torch.stack([found[r] for r in order])}
        write_tensors(file, tensors)
    kept = read_tensors(file)[0]
    return kept["chances"][torch.searchsorted(kept["rows"], torch.tensor(rows))]


def list_classes(wordnet: WordNet, words: list[str]) -> dict[int, list[int]]:
    """The classes at or below the most frequent meaning of each word that has some, by place."""
    below: dict[str, list[int]] = {}
    for number, synset in enumerate(list_synsets("imagenet")):
        for one in {synset} | wordnet.ancestors(synset):
            below.setdefault(one, []).append(number)
    found = {place: wordnet.synsets(word)[:1] for place, word in enumerate(words)}
    return {place: below[one[0]] for place, one in found.items() if one and one[0] in below}


def learn(features: Tensor, targets: Tensor, seen: Tensor, l2: float) -> np.ndarray:
    """(M, W) scores of photos by regressions learned from (N, W) targets in [0, 1]."""
    words = targets.shape[1]
    part = KnownWords(scale_features(features), torch.arange(words), targets)
    start = torch.zeros(words, features.shape[1]), torch.zeros(words)
    vectors, bias = fit_masked([part], l2, start)
    return (scale_features(seen) @ vectors.T + bias).numpy()


def judge(folder: Path, params) -> tuple[pd.DataFrame, dict[str, int]]:
    """Average precision of each word by each way to learn it; the counts of the page."""
    models, data = ROOT / "models" / params.run / CORPUS, ROOT / "data"
    features = sorted((data / "features" / params.embed_photos.backbone / CORPUS).glob("*.s*"))
    tables = models / "tags.parquet", models / "split.parquet"
    files = argparse.Namespace(
        features=features, tags=tables[0], split=tables[1], vocabulary=models / "vocabulary.tsv",
        captions=[], weights=[data / "weights/minilm/model.safetensors"],
    )  # fmt: skip
    inputs = read_inputs(files, ["minilm"], params.export.blacklist)
    train, validation, test = (inputs.parts[name] for name in ("train", "validation", "test"))
    classes = list_classes(WordNet.read(data / "sources/wordnet/wordnet-base.deb"), inputs.tags)
    counts = test.relevant.sum(axis=0)
    places = [one for one in sorted(classes) if counts[one] >= params.score.min_test_photos]

    known = read_features(features)
    parts = {
        name: [
            row
            for row, own in photos_in_parts(*tables, which)[["row", "tags"]].itertuples(index=False)
            if row in set(known.rows.tolist()) and set(own) & set(inputs.tags)
        ]
        for name, which in (("learned", TRAINING_PARTS), ("test", TEST_PARTS))
    }
    sums = torch.zeros(1000, len(places))
    for column, place in enumerate(places):
        sums[classes[place], column] = 1
    chances = {name: classify(folder, params, rows) @ sums for name, rows in parts.items()}
    seen = known.select(parts["learned"])
    learned = np.concatenate([train.relevant, validation.relevant])[:, places]
    photos = torch.from_numpy(np.concatenate([train.features, validation.features]))
    tested, l2 = torch.from_numpy(test.features), read_config(BOX)["system"]["l2"][0]
    vectors = inputs.encoders[0].embed_terms(inputs.tags, "tags").astype(np.float64)
    foreign = inputs.encoders[0].embed_terms(inputs.foreign, "tags")
    unseen = score_held_out(
        decompose(train.features), (train, validation), vectors, test.features,
        (foreign[::2], foreign[1::2]), 0,
    )  # fmt: skip
    scores = {
        "labels": learn(photos, torch.from_numpy(learned).float(), tested, l2),
        "taught": learn(seen, chances["learned"].clamp(0, 1), tested, l2),
        "teacher": chances["test"].numpy(),
        "zero-shot": unseen.scores[:, places],
    }
    hits = test.relevant[:, places].T
    table = pd.DataFrame({name: average_precision(rank(s.T, hits)) for name, s in scores.items()})
    table.insert(0, "word", [inputs.tags[place] for place in places])
    return table, {"words": len(places), "photos": len(tested), "learned": len(seen), "l2": l2}


def format_mean(values: np.ndarray) -> str:
    """Mean in percent, and its bootstrap interval."""
    draws = np.random.default_rng(0).integers(len(values), size=(1000, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), (0.025, 0.975))
    return f"{100 * values.mean():.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="keeps the classifier's answers")
    given = parser.parse_args()
    torch.set_num_threads(1)
    params = merge_presets([ROOT / "params.yaml", ROOT / "presets/photographs.yaml"])
    table, counts = judge(given.folder, params)
    write_csv(RESULTS / "imagenet_words.csv", table, float_format="%.4f")
    rows = [
        [name, what, format_mean(table[name].to_numpy()),
         format_mean((table[name] - table["zero-shot"]).to_numpy())]
        for name, what in ROWS.items()
    ]  # fmt: skip
    head = ["", "learned from", "mAP", "less zero-shot"]
    about = ABOUT.format(corpus=CORPUS, teacher=TEACHER, **counts)
    text = format_page("Words of ImageNet for the box", about, format_table(head, rows, words=2))
    conclude_page("imagenet_words", text, False)


if __name__ == "__main__":
    main()
