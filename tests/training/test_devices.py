"""Heads, tables and losses find each other on whatever devices they lie, without a GPU to show it.

torch's fake tensors have a device and a shape but no memory: an operation between two devices
fails on them as it would on a GPU. `meta` stands for the GPU: it is another device than the
processor, and gradients need no driver to reach it.
"""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from phototags.errors import ParamsError
from phototags.params.compute import Compute
from phototags.systems.asl import Asl
from phototags.systems.bases.training_settings import TrainingSettings
from phototags.systems.bilinear import Bilinear
from phototags.systems.fast0tag import Fast0Tag
from phototags.systems.im2vec import Im2Vec
from phototags.systems.khot import Khot
from phototags.systems.multihot import Multihot
from phototags.systems.naive_sum import NaiveSum
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.heads import make_head
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.user_biased import UserBiased
from phototags.systems.user_multiplicative import UserMultiplicative
from phototags.systems.wdv import Wdv
from phototags.training.averaging import MovingAverage
from phototags.training.batch_loader import Batch
from phototags.training.context import TrainContext
from phototags.training.loop import make_optimiser
from phototags.training.train import train

TAGS, WIDTH, USERS = 9, 12, 3
KEYS = {"epochs": 2, "patience": 2, "hidden": [6], "dropout": 0.3, "batch_size": 4}
NEXT = KEYS | {
    "draw_negatives": "next_photo"
}  # a GPU-less draw that asks no tensor for its content
SYSTEMS = [
    Multihot(model="multihot", **KEYS),
    Multihot(model="multihot", **KEYS | {"hidden": []}),
    Khot(model="khot", **KEYS),
    Asl(model="asl", **KEYS),
    NaiveSum(model="naive-sum", **KEYS),
    Wdv(model="wdv", **KEYS),
    Im2Vec(model="im2vec", **NEXT),
    Im2Vec(model="im2vec", tag_vectors="joint", tag_optimiser="sgd", **NEXT),
    *(
        Im2Vec(model="im2vec", tag_vectors="joint", expectation="exact", tag_optimiser=name, **KEYS)
        for name in ("adam", "adagrad")
    ),
    Fast0Tag(model="fast0tag", **NEXT),
    Bilinear(model="bilinear", max_trials=5, **KEYS),
    Bilinear(model="bilinear", max_trials=5, share_trials=True, **KEYS),
    UserBiased(model="user-biased", max_trials=5, user_dropout=0.2, **KEYS),
    UserMultiplicative(model="user-multiplicative", max_trials=5, user_dropout=0.2, **KEYS),
]
DRAWN = [  # how many rows a step moves depends on what is drawn, which fake tensors do not know
    Im2Vec(model="im2vec", tag_vectors="joint", tag_optimiser=name, **KEYS)
    for name in ("adam", "adagrad")
]


def photos(described: int = 0) -> TaggedPhotos:
    generator = torch.Generator().manual_seed(0)
    tags = torch.randint(0, TAGS, (20, 2), generator=generator)
    features = torch.rand(20, WIDTH + described, generator=generator)
    return TaggedPhotos([str(row) for row in range(20)], features, tags, n_user_features=described)


def vectors() -> torch.Tensor:
    return torch.rand(TAGS, 5, generator=torch.Generator().manual_seed(1))


def moved(module: torch.nn.Module, device: str) -> None:
    """As `module.to`, which refuses to exchange parameters for fake ones."""
    for part in module.modules():
        for name, values in part.named_parameters(recurse=False):
            there = torch.nn.Parameter(values.detach().to(device), values.requires_grad)
            part.register_parameter(name, there)
        for name, values in part.named_buffers(recurse=False):
            part.register_buffer(name, values.to(device), persistent=False)


@pytest.mark.parametrize("table", ["meta", "cpu"])
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.model)
def test_a_step_and_a_judgement_mix_no_devices(system, table, monkeypatch):
    known = photos(USERS if hasattr(system, "descriptors") else 0)
    generator = torch.Generator().manual_seed(0)
    tagger, objective, constrain = system.build(known, vectors(), generator)
    monkeypatch.setattr(torch.nn.Module, "to", moved)
    batch = Batch(torch.arange(4), known.features[:4], known.tags[:4], 1)
    with FakeTensorMode(allow_non_fake_inputs=True):
        tagger.place("meta", table)
        average = MovingAverage(tagger, 0.9, tagger.frozen)
        optimiser = make_optimiser(
            tagger, TrainingSettings(epochs=2, patience=2, learning_rate=0.1)
        )
        loss = objective(tagger.train(), batch, generator)
        loss.backward()
        optimiser.step()
        constrain(tagger)
        average.update()
        assert loss.device.type == tagger.tag_vectors.device.type == table
        assert {values.device.type for values in tagger.head.parameters()} <= {"meta"}
        assert tagger.scores(known.features).device.type == "cpu"


def test_an_operation_between_two_devices_would_be_seen():
    with FakeTensorMode(), pytest.raises(RuntimeError, match="meta and cpu"):
        torch.ones(2, 2, device="meta") @ torch.ones(2, 2)


def test_the_head_goes_to_one_device_and_the_table_to_another():
    tagger = EmbeddingTagger(
        make_head(4, [3], "root", 0.0, torch.Generator()), torch.ones(5, 3), torch.ones(5)
    )
    tagger.place("meta", "cpu")
    places = {name: values.device.type for name, values in tagger.named_parameters()}
    assert {name for name, device in places.items() if device == "cpu"} == {"tag_vectors", "bias"}
    assert places["head.2.weight"] == "meta"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("table", ["device", "host"])
@pytest.mark.parametrize("system", [*SYSTEMS, *DRAWN], ids=lambda system: system.model)
def test_a_gpu_learns_what_the_processor_learns(system, table):
    known = photos(USERS if hasattr(system, "descriptors") else 0)
    found = [
        train(system, known, known, vectors(), 0, TrainContext(compute=compute))
        for compute in (Compute(), Compute(device="cuda", tag_table=table))
    ]
    (alone, history), (other, rows) = found
    torch.testing.assert_close(other.tensors(), alone.tensors(), rtol=1e-3, atol=1e-5)
    assert rows.loss.values == pytest.approx(history.loss.values, rel=1e-3)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_a_gpu_that_is_not_here_is_refused_in_words():
    context = TrainContext(compute=Compute(device="cuda:1"))
    with pytest.raises(ParamsError, match="finds no such GPU"):
        train(SYSTEMS[0], photos(), photos(), vectors(), 0, context)


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "CPU", ""])
def test_a_device_that_torch_does_not_know_is_refused(device):
    with pytest.raises(ValueError, match="device"):
        Compute(device=device)
