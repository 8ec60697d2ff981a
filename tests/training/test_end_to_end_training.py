"""The backbone learns with the head; what it is shown does not depend on threads or kills."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml
from pydantic import ValidationError

from phototags.errors import ParamsError, PhotoError
from phototags.evaluation.metrics.ranking import mean_average_precision
from phototags.features import networks
from phototags.features.backbones import extract_features, load_backbone
from phototags.io.storage import read_tensors
from phototags.params.compute import Compute
from phototags.photos.shards import ShardIndex
from phototags.systems.bases.training_settings import TrainingSettings
from phototags.systems.bilinear import Bilinear
from phototags.systems.im2vec import Im2Vec
from phototags.systems.multihot import Multihot
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import BACKBONE, load, own_backbone, save
from phototags.training.checkpoints import Checkpoint
from phototags.training.context import DEFAULT_CONTEXT, TrainContext
from phototags.training.end_to_end import train_end_to_end
from phototags.training.image_loader import ImageLoader
from phototags.training.images import TrainImages, sample_crop
from phototags.workflow.config import validate_params
from tests.training.small_network import small_network

ROOT = Path(__file__).parents[2]
COLOURS = ("red", "lime", "blue")
SIX = TrainingSettings(epochs=1, patience=1, batch_size=6)
KEYS = {"epochs": 4, "patience": 9, "batch_size": 8, "learning_rate": 0.02, "scaling": "none"}
KEYS |= {"backbone": "trained"}


@pytest.fixture
def shown(make_tar, make_picture):
    """24 pictures of one colour each, which is their tag."""
    members = {
        f"{row:08d}.png": make_picture(colour=COLOURS[row % 3], size=(20 + row, 30))
        for row in range(24)
    }
    known = TaggedPhotos(
        [f"p{row}" for row in range(24)], torch.empty(24, 0), torch.arange(24)[:, None] % 3
    )
    return known, TrainImages(
        list(range(24)), ShardIndex([make_tar("s.tar", members)]), 10**4, 10**5, 16
    )


def learned(shown, system, context=DEFAULT_CONTEXT, network=None, **compute):
    """The tagger, its history and the backbone that learned with it."""
    vectors = torch.rand(3, 4, generator=torch.Generator().manual_seed(1))
    network = network or small_network()
    context = replace(context, compute=Compute(**compute))
    return *train_end_to_end(system, shown, shown, vectors, network, 0, context), network.module


def same(one, other) -> bool:
    of = [tagger.tensors() | backbone.state_dict() for tagger, _, backbone in (one, other)]
    equal = all(values.equal(of[1][name]) for name, values in of[0].items())
    return equal and one[1].equals(other[1])


@pytest.mark.parametrize(
    "system",
    [
        Multihot(model="multihot", **KEYS),
        Im2Vec(model="im2vec", tag_vectors="joint", ema_decay=0.5, **KEYS | {"epochs": 12}),
    ],
    ids=lambda system: system.model,
)
def test_colours_are_learned_and_the_backbone_moves(shown, system):
    tagger, history, backbone = learned(shown, system)
    before = small_network().module[0].weight
    assert not backbone[0].weight.detach().equal(before.detach())
    assert history.validation_map.max() > 0.9


def test_threads_change_nothing(shown):
    one, other = (
        learned(shown, Multihot(model="multihot", **KEYS), loader_threads=n) for n in (1, 3)
    )
    assert same(one, other)


@pytest.fixture
def mixed(shown, make_tar, make_picture):
    """The same photos, two of three as JPEGs."""
    members = {}
    for row in range(24):
        kind, size = ("PNG", "JPEG", "JPEG")[row % 3], (20 + row, 30)
        members[f"{row:08d}.{kind.lower()}"] = make_picture(
            kind, colour=COLOURS[row % 3], size=size
        )
    return shown[0], replace(shown[1], lookup=ShardIndex([make_tar("m.tar", members)]))


def test_where_pictures_are_decoded_changes_nothing_on_one_device(mixed):
    """The device is the processor here; crops come from the same seeds."""
    system = Im2Vec(model="im2vec", **KEYS)
    one, other = (learned(mixed, system, decode_on=where) for where in ("host", "device"))
    assert same(one, other)


def test_a_device_too_decodes_the_own_part_of_a_batch(mixed):
    feeds = [
        ImageLoader(
            mixed[0], SIX, images=mixed[1], own_part=lambda photos: slice(2, 4), device=device
        )
        for device in (None, torch.device("cpu"))
    ]
    pairs = zip(*(feed.batches(1, torch.Generator().manual_seed(0)) for feed in feeds), strict=True)
    for one, other in pairs:
        assert one.features.equal(other.features) and one.features[2:4].any()


class Killed(Checkpoint):
    """Ends the training after so many writes."""

    left = 0

    def save(self, state):
        super().save(state)
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 6])
def test_a_killed_training_goes_on_with_the_same_bytes(shown, steps, tmp_path, monkeypatch):
    """Three steps and the epoch's end make four writes; nothing learned is decoded again."""
    system = Multihot(model="multihot", ema_decay=0.9, **KEYS | {"epochs": 2})
    undisturbed, checkpoint = learned(shown, system), Killed(tmp_path / "state.safetensors", "same")
    checkpoint.left = steps
    with pytest.raises(KeyboardInterrupt):
        learned(shown, system, TrainContext(checkpoint))
    decoded, cropped = [], TrainImages.random_crop
    monkeypatch.setattr(
        TrainImages, "random_crop", lambda *given: decoded.append(given) or cropped(*given)
    )
    assert same(learned(shown, system, TrainContext(checkpoint)), undisturbed)
    assert len(decoded) == 48 - 8 * (steps - steps // 4)


def test_a_backbones_own_dropout_is_drawn_from_the_seed(shown, tmp_path):
    """It asks torch's own generator, which another process has in another state."""
    system = Multihot(model="multihot", **KEYS | {"epochs": 2})
    runs = []
    for noise in (5, 6):
        torch.manual_seed(noise)
        runs.append(learned(shown, system, network=small_network(dropout=0.5)))
    assert same(*runs)
    assert not same(runs[0], learned(shown, system))


def test_with_kept_statistics_small_batches_together_are_one_large_one(shown):
    """By each batch's own statistics they are not: no photo's features are its own then."""
    ways = {"batch_size": 8}, {"batch_size": 2, "accumulate_batches": 4}
    for normalisation, as_one in (("frozen", True), ("batch", False)):
        keys = KEYS | {"epochs": 1, "batch_norm": normalisation, "hidden": [4]}
        runs = [learned(shown, Multihot(model="multihot", **keys | way)) for way in ways]
        one, other = ([*tagger.tensors().values(), *of.parameters()] for tagger, _, of in runs)
        pairs = zip(one, other, strict=True)
        assert as_one == all(torch.allclose(*pair, rtol=1e-3, atol=1e-5) for pair in pairs)


def test_kept_statistics_stay_while_the_rest_learns(shown):
    system = Multihot(model="multihot", batch_norm="frozen", **KEYS)
    before, after = small_network().module, learned(shown, system)[2]
    moved = {
        name for name, of in after.state_dict().items() if not of.equal(before.state_dict()[name])
    }
    assert moved == {"0.weight", "0.bias", "1.weight", "1.bias"}


def test_what_was_written_scores_as_what_was_judged(shown, tmp_path, monkeypatch):
    system = Multihot(model="multihot", **KEYS)
    tagger, history, backbone = learned(shown, system)
    config = {"system": system.model_dump(), "features": 8, "backbone": "small"}
    save(tagger, config, tmp_path, backbone)
    monkeypatch.setattr(networks, "load_from_library", lambda name: small_network())
    seen = torch.stack([shown[1].full_image(row) for row in range(24)])
    features = extract_features(load_backbone("small", own_backbone(tmp_path)), seen)
    scores, relevant = load(tmp_path).scores(features), shown[0].relevant(3)
    found = mean_average_precision(scores.numpy(), relevant.numpy())
    assert found == pytest.approx(history.validation_map[history.best].item())


def test_the_head_and_the_backbone_lie_in_files_of_their_own(shown, tmp_path):
    system = Multihot(model="multihot", **KEYS)
    tagger, _, backbone = learned(shown, system)
    save(tagger, {"system": system.model_dump()}, tmp_path, backbone)
    names = [set(read_tensors(tmp_path / file)[0]) for file in ("model.safetensors", BACKBONE)]
    assert names == [{"tag_vectors", "bias"}, set(small_network().module.state_dict())]


def test_each_process_decodes_its_own_part_of_a_batch(shown):
    feed = ImageLoader(shown[0], SIX, images=shown[1], own_part=lambda photos: slice(2, 4))
    whole = ImageLoader(shown[0], SIX, images=shown[1])
    pairs = zip(
        feed.batches(1, torch.Generator().manual_seed(0)),
        whole.batches(1, torch.Generator().manual_seed(0)),
        strict=True,
    )
    for own, every in pairs:
        assert own.indices.equal(every.indices) and own.epoch_fraction == every.epoch_fraction
        assert own.features[2:4].equal(every.features[2:4])
        assert not own.features[:2].any() and not own.features[4:].any()


def test_crops_lie_inside_and_keep_to_their_area_and_aspect():
    chance = random.Random(0)
    for _ in range(500):
        top, left, height, width = sample_crop(300, 280, 0.25, chance)
        assert 0 <= top <= 300 - height and 0 <= left <= 280 - width
        assert 0.24 <= height * width / 84000 <= 1
        assert 0.74 <= width / height <= 1.35
    assert sample_crop(1000, 1, 0.5, chance) == (0, 0, 1000, 1)  # no such aspect fits


def test_a_picture_that_cannot_be_decoded_is_an_error_not_a_black_picture(shown, make_tar):
    broken = ShardIndex([make_tar("b.tar", {"00000003.png": b"no picture"})])
    pictures = TrainImages([3], broken, 10**4, 10**5, 16)
    with pytest.raises(PhotoError):
        pictures.random_crop(0, 0)


def test_what_cannot_be_trained_so_is_refused(shown):
    with pytest.raises(ParamsError, match="backbone: frozen"):
        learned(shown, Bilinear(model="bilinear", **KEYS | {"backbone": "frozen"}))
    with pytest.raises(ValidationError, match="backbone"):
        Bilinear(model="bilinear", **KEYS)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_a_gpu_that_is_not_here_is_refused_in_words(shown):
    with pytest.raises(ParamsError, match="finds no such GPU"):
        learned(shown, Multihot(model="multihot", **KEYS), device="cuda")


def test_several_backbones_side_by_side_cannot_learn():
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["train"]["systems"]["multihot"]["backbone"] = "trained"
    params["export"]["system"] = "multihot"
    assert validate_params(params).train.systems["multihot"].learns_backbone
    params["embed_photos"]["backbone"] = "efficientnet_lite0+efficientnet_lite1"
    with pytest.raises(ParamsError, match="multihot.*needs one embed_photos.backbone"):
        validate_params(params)
