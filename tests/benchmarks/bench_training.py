"""Training beside the bare backbone and beside LightFM's WARP: training.csv.

`python tests/benchmarks/bench_training.py [--quick]`. `step_vs_bare_backbone`: photos/s on the
clock of im2vec with its backbone trained from JPEGs in shards, against forward and backward of the
same backbone on pixels that lie ready; one torch thread each, and one that decodes. `cached_epoch`:
the head alone on cached features, against that. `warp_cpu`, `warp_recall`: our `bilinear` against
LightFM, the same model on the same photos, CPU seconds of a whole training and recall@10.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tag_corpus
import torch
import warp_photos
from harness import Row, arguments, compare, conclude, peer_python, take_turns, version_of
from measuring import Worker, measured
from training_sides import Clock, shard_of, without_validation

from phototags.features.networks import load_network
from phototags.params.compute import Compute
from phototags.photos.shards import ShardIndex
from phototags.systems.bilinear import Bilinear
from phototags.systems.im2vec import Im2Vec
from phototags.systems.parts.tagged_photos import TaggedPhotos, select_tagged
from phototags.tags.encoding import TagSets
from phototags.training.context import TrainContext
from phototags.training.end_to_end import BackboneAndHead, train_end_to_end
from phototags.training.images import TrainImages
from phototags.training.train import train

HERE = Path(__file__).parent
BACKBONE, BATCH, BATCHES, CACHED = "efficientnet_lite0", 16, 10, 40_000
TAGS, PHOTOS, HELD_OUT = 2_000, 20_000, 2_000
LIGHTFM = {"epochs": 120, "learning_rate": 0.1, "dimensions": 64}
OURS = {"epochs": 60, "learning_rate": 0.005, "lr_schedule": "cosine", "batch_size": 256,
        "max_trials": 150, "share_trials": True, "dimensions": 64, "margin": 1.0,
        "max_norm": float("inf"), "init_std": 0.1}  # fmt: skip
"""Both sides' best of choose_warp_settings.py, on other photos of the same kind."""


def some_tags(photos: int, width: int) -> TaggedPhotos:
    generator = torch.Generator().manual_seed(0)
    tags = torch.randint(0, TAGS, (photos, 5), generator=generator)
    return TaggedPhotos(
        [str(row) for row in range(photos)], torch.rand(photos, width, generator=generator), tags
    )


def im2vec(batch: int) -> Im2Vec:
    return Im2Vec(
        model="im2vec", hidden=[512], ema_decay=0.99, epochs=2, patience=9, batch_size=batch
    )


def end_to_end(folder: Path, batches: int):
    """A function that trains with the backbone and gives photos/s."""
    photos, vectors = BATCH * batches, torch.rand(TAGS, 50)
    network, lookup = load_network(BACKBONE), ShardIndex([shard_of(folder, photos)])
    pictures = TrainImages(list(range(photos)), lookup, 10**8, 10**8, network.size)
    known, nothing = some_tags(photos, 1), (without_validation(1), pictures)

    def run() -> float:
        clock = Clock()
        given = (im2vec(BATCH), (known, pictures), nothing, vectors, network, 0)
        train_end_to_end(*given, TrainContext(on_epoch=clock, compute=Compute(loader_threads=1)))
        return clock.rate(photos)

    return run


def bare(batches: int):
    """A function that passes ready pixels through the backbone and back, and gives photos/s."""
    network = load_network(BACKBONE)
    whole = BackboneAndHead(network, torch.nn.Identity()).train()
    photos = torch.rand(BATCH, 3, network.size, network.size)
    photos = photos.contiguous(memory_format=torch.channels_last)

    def run() -> float:
        start = time.perf_counter()
        for _ in range(batches):
            whole.zero_grad(set_to_none=True)
            whole.backbone(photos).square().sum().backward()
        return batches * BATCH / (time.perf_counter() - start)

    return run


def cached(photos: int):
    """A function that trains a head on features and gives photos/s."""
    known, vectors = some_tags(photos, 1280), torch.rand(TAGS, 50)

    def run() -> float:
        clock = Clock()
        train(
            im2vec(128), known, without_validation(1280), vectors, 0, TrainContext(on_epoch=clock)
        )
        return clock.rate(photos)

    return run


def warp(smaller: int, pairs: int) -> list[Row]:
    """LightFM's and our whole training, and what each has learned."""
    with TemporaryDirectory() as folder:
        parts, files = warp_parts(Path(folder), smaller)
        with lightfm_worker(files) as theirs:
            train_ours = our_warp(parts["train"])
            costs = take_turns(
                lambda: measured(train_ours).cpu_seconds,
                lambda: theirs.ask("train", **LIGHTFM).cpu_seconds,
                pairs,
            )
            found = recall_of(train_ours(), parts["test"]), theirs.ask("recall").answer
    named = "LightFM", version_of("lightfm", peer_python("lightfm"))
    return [
        compare("warp_cpu", *named, "CPU s", costs, better="less"),
        compare("warp_recall", *named, "share", [found], better="more"),
    ]


def warp_parts(folder: Path, smaller: int, seed: int = 0) -> tuple[dict, dict[str, str]]:
    """Photos to learn from and to test on, and the files that hold them."""
    rng = np.random.default_rng(seed)
    sets = tag_corpus.topical_sets((PHOTOS + HELD_OUT) // smaller, TAGS, rng)
    whole = folder / "all.npz"
    warp_photos.write(whole, sets, TAGS, rng)
    parts = split(whole, HELD_OUT // smaller)
    files = {name: str(folder / f"{name}.npz") for name in parts}
    for name, part in parts.items():
        np.savez(files[name], **part)
    return parts, files


def lightfm_worker(files: dict[str, str]) -> Worker:
    """LightFM's side, with the photos read."""
    worker = Worker([peer_python("lightfm"), HERE / "lightfm_side.py"])
    worker.ask("prepare", **files, tags=TAGS)
    return worker


def split(path: Path, held_out: int) -> dict[str, dict[str, np.ndarray]]:
    """The first photos to test on, the others to learn from."""
    with np.load(path) as file:
        features, sets = file["features"], TagSets(file["tags"], file["ends"])
    parts = {"test": slice(0, held_out), "train": slice(held_out, None)}
    of = {name: (features[part], sets.select(part)) for name, part in parts.items()}
    return {name: {"features": x, "tags": s.tags, "ends": s.ends} for name, (x, s) in of.items()}


def our_warp(part: dict[str, np.ndarray], settings: dict = OURS):
    """A function that trains our `bilinear` and gives the tagger."""
    photos = len(part["features"])
    ids, sets = [str(row) for row in range(photos)], TagSets(part["tags"], part["ends"])
    known = select_tagged(ids, range(photos), torch.tensor(part["features"]), sets)
    system = Bilinear(model="bilinear", scaling="none", patience=999, **settings)
    empty = without_validation(warp_photos.WIDTH)
    return lambda: train(system, known, empty, torch.zeros(TAGS, 1), 0)[0]


def recall_of(tagger, part: dict[str, np.ndarray]) -> float:
    scores = tagger.scores(torch.tensor(part["features"])).numpy()
    return warp_photos.recall(scores, part["tags"], part["ends"])


def main() -> None:
    given = arguments(__doc__)
    torch.set_num_threads(1)
    batches = 2 if given.quick else BATCHES
    with TemporaryDirectory() as folder:
        step = end_to_end(Path(folder), batches)
        case = "step_vs_bare_backbone", "bare backbone", torch.__version__, "photos/s"
        rows = [compare(*case, take_turns(step, bare(batches), given.pairs), better="more")]
        head = cached(CACHED // (10 if given.quick else 1))
        case = "cached_epoch", "with the backbone trained", torch.__version__, "photos/s"
        rows.append(compare(*case, take_turns(head, step, given.pairs), better="more"))
    rows += warp(10 if given.quick else 1, given.pairs)
    conclude("training", rows, given.quick)


if __name__ == "__main__":
    main()
