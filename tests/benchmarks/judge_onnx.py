"""The box's tagger in ONNX against torch, in float32 and 8 bits: results/benchmarks/onnx.csv.

`python tests/benchmarks/judge_onnx.py`, after `make results RUN=photographs MIRROR=...`. Test
photos of the tagger's corpora, which it never learned from, evenly through each; every form sees a
photo in turn. About a second of one core for each of PHOTOS in three corpora.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import torch
from harness import RESULTS, ROOT, arguments, machine
from numpy.typing import NDArray

from phototags.box.corpora import CorpusFiles, CorpusPhotos, encode_photos, list_known
from phototags.box.score_box import WANTED, measure, read_names
from phototags.box.size_invariance import measure_agreement
from phototags.commands.common import BOX
from phototags.evaluation.test_photos import TEST_PARTS, photos_in_parts
from phototags.export.export_onnx import export_onnx
from phototags.export.onnx_graph import INPUT
from phototags.export.tag_photos import load_exported
from phototags.features.embed_photos import embed_photos
from phototags.io.storage import write_csv
from phototags.photos.decoding import decode
from phototags.photos.picture_files import MAX_BYTES, MAX_PIXELS
from phototags.photos.shards import read_members

CORPORA = {
    "corel5k": "corel5k",
    "flickr8k": "flickr8k",
    "mirflickr25k_128-concepts": "mirflickr25k_128",
}
"""Those of the tagger, and the corpus whose shards hold the photos of each."""
PHOTOS = 60  # of each
TOP = 5
Form = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""From a photo (H, W, 3) to (T,) probabilities."""


def load_torch() -> Form:
    """The tagger as `phototags tag` has it, its network in float32."""
    exported = load_exported(BOX, computed_in="fp32")

    def give(photo: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            pixels = torch.from_numpy(photo).permute(2, 0, 1).contiguous()
            scores = exported.tagger.scores(embed_photos(exported.backbone, [pixels]))
        return exported.calibration.probabilities(scores.numpy())[0].astype(np.float32)

    return give


def load_onnx(path: Path) -> Form:
    """An exported graph."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda photo: session.run(None, {INPUT: photo[None]})[0][0]


def read_pictures(corpus: str, rows: set[int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield the row and the pixels (H, W, 3) of photos of a corpus, by row."""
    for shard in sorted((ROOT / "data/corpora" / corpus / "shards").glob("*.tar")):
        for row, content in read_members(shard):
            if row in rows:
                pixels = decode(content, MAX_PIXELS, MAX_BYTES)
                yield row, np.ascontiguousarray(pixels.permute(1, 2, 0).numpy())


def judge_corpus(
    corpus: str, photos: int, forms: dict[str, Form]
) -> Iterator[dict[str, str | float]]:
    """Yield a row for each form: scores, agreement with torch, time of one core."""
    folder = ROOT / "data/corpora" / corpus
    files = CorpusFiles(folder / "tags.parquet", folder / "split.parquet", [])
    chosen = photos_in_parts(files.tags, files.split, TEST_PARTS)
    chosen = chosen.iloc[:: max(1, len(chosen) // photos)].iloc[:photos].set_index("row")
    given: dict[str, list] = {name: [] for name in forms}
    spent = dict.fromkeys(forms, 0.0)
    rows = []
    for row, picture in read_pictures(CORPORA[corpus], set(chosen.index)):
        rows.append(row)
        for name, form in forms.items():
            started = time.process_time()
            given[name].append(form(picture))
            spent[name] += time.process_time() - started
    names = read_names(BOX / "vocabulary.tsv")
    words = list(dict.fromkeys(names.values()))
    tags = [list(one) for one in chosen.loc[rows, "tags"]]
    shown = CorpusPhotos(torch.zeros(len(rows), 1), tags)
    part = encode_photos(shown, names, words, list_known(files, names))
    cut = load_exported(BOX, precision=WANTED).lowest
    reference = np.stack(given["torch"])
    for name, found in given.items():
        values = np.stack(found)
        figures = measure(values[:, part.words.numpy()], part.targets.bool().numpy(), cut)
        cosines = (values * reference).sum(1) / (norms(values) * norms(reference))
        yield {
            "form": name,
            "corpus": corpus,
            **{key: figures[key] for key in ("photos", "words", "precision", "recall", "map")},
            "lowest_cosine": cosines.min(),
            "kept_at_5": measure_agreement(*map(torch.from_numpy, (reference, values)), TOP),
            "milliseconds": 1000 * spent[name] / len(rows),
        }


def norms(rows: NDArray) -> NDArray:
    """(N,) lengths of (N, T) rows."""
    return np.linalg.norm(rows, axis=1)


def main() -> None:
    torch.set_num_threads(1)
    args = arguments(__doc__.splitlines()[0])
    with tempfile.TemporaryDirectory() as folder:
        paths = {form: Path(folder) / form / "model.onnx" for form in ("float32", "int8")}
        for form, path in paths.items():
            export_onnx(BOX, path.parent, int8=form == "int8")
        forms = {"torch": load_torch()} | {form: load_onnx(path) for form, path in paths.items()}
        sizes = {form: path.stat().st_size / 1e6 for form, path in paths.items()}
    photos = 10 if args.quick else PHOTOS
    table = pd.DataFrame([row for name in CORPORA for row in judge_corpus(name, photos, forms)])
    table["megabytes"] = table["form"].map(sizes)
    table["machine"] = machine()
    print(table.drop(columns="machine").to_string(index=False))
    if not args.quick:
        write_csv(RESULTS / "onnx.csv", table, float_format="%.6g")


if __name__ == "__main__":
    main()
