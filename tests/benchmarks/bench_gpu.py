"""Training on a GPU, its name beside every figure: gpu.csv.

`python tests/benchmarks/bench_gpu.py [--shards FOLDER] [--only CASE ...] [--quick]`; without a GPU
only --quick runs, all of it smaller and on the processor. im2vec with ResNet-50 below it, from
scratch, in bf16: `resnet50_step` from JPEGs in shards, against a plain loop of the same network
over one batch that lies ready; `resnet50_bf16` against fp32; `resnet50_compiled` against not;
`resnet50_pictures` decoded and cropped on the GPU, against the threads of its processors. The head
alone on features, tag vectors joint: `table_large`, a million tags against a thousand;
`table_host`, the million in the host's memory against on the GPU; `table_adam` and `table_adagrad`,
the million moved by these against plain SGD. Photos a second on the clock, the
second epoch of each training. --only leaves the other rows of the file as they are.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import torch
from harness import compare, conclude, read_rows, take_turns
from torchvision.models import resnet50
from training_sides import Clock, shard_of, without_validation

from phototags.features.networks import Network
from phototags.params.compute import Compute
from phototags.photos.shards import ShardIndex
from phototags.systems.im2vec import Im2Vec
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training.context import TrainContext
from phototags.training.end_to_end import BackboneAndHead, train_end_to_end
from phototags.training.images import TrainImages
from phototags.training.train import train

SIZES = {  # photos a step, steps an epoch, pixels a side, drawn pictures, tags, features
    False: {
        "batch": 256,
        "steps": 40,
        "size": 224,
        "drawn": 2048,
        "tags": 1_000_000,
        "cached": 400,
    },
    True: {"batch": 4, "steps": 2, "size": 64, "drawn": 8, "tags": 20_000, "cached": 4},
}
FEW_TAGS, WIDTH, DIMENSIONS, CACHED_BATCH, CAPS = 1_000, 1280, 64, 1024, (10**8, 10**8)


def scratch(size: int) -> Network:
    """ResNet-50 without weights from anywhere, the same each time."""
    torch.manual_seed(0)
    module = resnet50(weights=None)
    module.fc = torch.nn.Identity()
    return Network(module.eval(), size, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def some(photos: int, tags: int, width: int = 1) -> TaggedPhotos:
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randint(0, tags, (photos, 5), generator=generator)
    features = torch.rand(photos, width, generator=generator)
    return TaggedPhotos([str(row) for row in range(photos)], features, drawn)


def vectors(tags: int) -> torch.Tensor:
    return torch.rand(tags, DIMENSIONS, generator=torch.Generator().manual_seed(1)) - 0.5


def im2vec(batch: int, **keys) -> Im2Vec:
    return Im2Vec(model="im2vec", hidden=[512], epochs=2, patience=9, batch_size=batch, **keys)


def from_shards(lookup: ShardIndex, sizes: dict, **compute) -> Callable[[], float]:
    """A function that trains with the backbone and gives photos/s."""
    photos, rows = sizes["batch"] * sizes["steps"], sorted(lookup.places)
    shown = [rows[number % len(rows)] for number in range(photos)]
    pictures = TrainImages(shown, lookup, *CAPS, sizes["size"])
    known, nothing = some(photos, FEW_TAGS), (without_validation(1), pictures)
    system = im2vec(sizes["batch"], backbone="trained", ema_decay=0.99)

    def run() -> float:
        clock = Clock()
        context = TrainContext(on_epoch=clock, compute=Compute(**compute))
        given = (known, pictures), nothing, vectors(FEW_TAGS), scratch(sizes["size"]), 0, context
        train_end_to_end(system, *given)
        return clock.rate(photos)

    return run


def synthetic(sizes: dict, device: str, precision: str) -> Callable[[], float]:
    """A function that passes one batch, which lies ready, through the network and back."""

    def run() -> float:
        network = scratch(sizes["size"])
        whole = BackboneAndHead(network, torch.nn.Identity(), precision).to(device).train()
        optimiser = torch.optim.AdamW(whole.parameters())
        shape = sizes["batch"], 3, sizes["size"], sizes["size"]
        pixels = torch.randint(256, shape, dtype=torch.uint8, device=device)
        for epoch in range(2):
            start = perf_counter() if epoch else 0.0
            for _ in range(sizes["steps"]):
                optimiser.zero_grad(set_to_none=True)
                loss = whole(pixels).square().mean()
                loss.backward()
                optimiser.step()
            loss.item()  # wait for the GPU
        return sizes["batch"] * sizes["steps"] / (perf_counter() - start)

    return run


def head(tags: int, sizes: dict, optimiser: str = "sgd", **compute) -> Callable[[], float]:
    """A function that trains a head and its tag vectors on features and gives photos/s."""
    system = im2vec(CACHED_BATCH, tag_vectors="joint", tag_optimiser=optimiser)

    def run() -> float:
        clock, known = Clock(), some(CACHED_BATCH * sizes["cached"], tags, WIDTH)
        context = TrainContext(on_epoch=clock, compute=Compute(**compute))
        train(system, known, without_validation(WIDTH), vectors(tags), 0, context)
        return clock.rate(len(known))

    return run


def cases(shards: list[Path], device: str, sizes: dict) -> dict[str, tuple]:
    """By name: the peer, ours and theirs."""
    lookup, fast = ShardIndex(shards), "bf16" if device == "cuda" else "fp32"
    way = {"device": device, "precision": fast, "loader_threads": os.cpu_count()}
    ours = from_shards(lookup, sizes, **way)
    on_device = from_shards(lookup, sizes, **way, decode_on="device")
    large = head(sizes["tags"], sizes, device=device)
    found = {
        "resnet50_step": ("synthetic data", ours, synthetic(sizes, device, fast)),
        "resnet50_pictures": ("decoded by threads", on_device, ours),
        "table_large": (f"{FEW_TAGS} tags", large, head(FEW_TAGS, sizes, device=device)),
        "table_host": (
            "on the device",
            head(sizes["tags"], sizes, device=device, tag_table="host"),
            large,
        ),
    }
    for name in ("adam", "adagrad"):
        found[f"table_{name}"] = "sgd", head(sizes["tags"], sizes, name, device=device), large
    if device == "cuda":
        found["resnet50_bf16"] = (
            "fp32",
            ours,
            from_shards(lookup, sizes, **way | {"precision": "fp32"}),
        )
        compiled = from_shards(lookup, sizes, **way, compile=True)
        found["resnet50_compiled"] = "not compiled", compiled, ours
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one small pair, nothing written")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each side (%(default)s)")
    parser.add_argument("--only", nargs="+", metavar="CASE", help="these cases, not all")
    parser.add_argument("--shards", type=Path, help="folder of a corpus' shards (drawn pictures)")
    given = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cpu" and not given.quick:
        print("no GPU is here: nothing is timed; --quick tries all of it on the processor")
        return
    torch.set_num_threads(1)
    sizes, pairs = SIZES[given.quick], 1 if given.quick else given.pairs
    with TemporaryDirectory() as folder:
        shards = sorted(given.shards.glob("*.tar")) if given.shards else []
        shards = shards or [shard_of(Path(folder), sizes["drawn"])]
        known = cases(shards, device, sizes)
        if odd := set(given.only or ()) - set(known):
            parser.error(f"no case {min(odd)}; there are {', '.join(known)}")
        rows = {row.case: row for row in ([] if given.quick else read_rows("gpu"))}
        for case in given.only or known:
            peer, *sides = known[case]
            found = take_turns(*sides, pairs)
            rows[case] = compare(case, peer, torch.__version__, "photos/s", found, better="more")
            conclude("gpu", rows.values() if not given.quick else [rows[case]], given.quick)


if __name__ == "__main__":
    main()
