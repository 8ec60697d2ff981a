"""A tagger that was written scores as before; a damaged one is refused with a reason."""

import pytest
import torch

from phototags.errors import ModelError
from phototags.systems.bases.user import WIDE
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.registry import parse_system
from phototags.systems.tagger import load, save
from phototags.training.train import train

QUICK = {"epochs": 2, "patience": 1, "batch_size": 8}
SYSTEMS = [
    {"model": "frequency"},
    {"model": "random"},
    {"model": "neighbours", "neighbours": 3, "scaling": "length"},
    {"model": "kernel-ridge", "top_k": 2, "f1_photos": 10, "refit": True},
    {"model": "user-frequency"},
    {"model": "user-neighbours", "neighbours": 3},
    {"model": "user-attention", "weights": [0.2, 0.8], "l2": [0.1]},
    {"model": "multihot", **QUICK},
    {"model": "multihot", "hidden": [5], **QUICK},
    {"model": "im2vec", "hidden": [6], "dropout": 0.5, "prior_weight": 0.5, **QUICK},
    {"model": "im2vec", "tag_vectors": "joint", **QUICK},
    {"model": "im2vec", "draw_negatives": "each_epoch", "ema_decay": 0.9, **QUICK},
    {"model": "im2vec", "draw_negatives": "next_photo", "subsample_threshold": 0.9, **QUICK},
    {"model": "fast0tag", "hidden": [6], **QUICK},
    {"model": "naive-sum", **QUICK},
    {"model": "wdv", **QUICK},
    {"model": "bilinear", "dimensions": 5, "optimiser": "sgd", "max_trials": 9, **QUICK},
    {
        "model": "user-biased",
        "descriptors": ["photos"],
        "user_dropout": 0.5,
        "max_trials": 9,
        **QUICK,
    },
    {"model": "user-multiplicative", "factors": 7, "init_std": 0.1, "max_trials": 9, **QUICK},
    {"model": "khot", "sampling": "root", "repeat_threshold": 0.9, "label_noise": 0.1, **QUICK},
    {"model": "asl", "sampling": "balanced", "dropout": 0.2, **QUICK},
]


def trained(settings: dict, seed: int = 0):
    generator = torch.Generator().manual_seed(0)
    features = torch.rand(20, 8, generator=generator)
    tags = torch.randint(0, 4, (20, 2), generator=generator)
    system = parse_system(settings)
    wide = any(name in WIDE for name in system.user_descriptors)
    described = (4 + 1 if wide else 3) if system.uses_users else 0  # the last of the columns
    photos = TaggedPhotos(
        [str(row) for row in range(20)], features, tags, n_user_features=described
    )
    vectors = torch.randn(4, 3, generator=generator)
    tagger, history = train(system, photos, photos, vectors, seed)
    config = {"system": system.model_dump(), "features": 8 - described, "tags": 4}
    return tagger, config, history, features


@pytest.mark.parametrize("settings", SYSTEMS, ids=str)
def test_a_written_tagger_scores_as_before(settings, tmp_path):
    tagger, config, _, features = trained(settings)
    save(tagger, config, tmp_path)
    assert load(tmp_path).scores(features).equal(tagger.scores(features))


@pytest.mark.parametrize("settings", SYSTEMS, ids=str)
def test_training_twice_gives_equal_bytes_and_another_seed_does_not(settings, tmp_path):
    for run in range(2):
        torch.rand(run)  # the global generator must not matter
        tagger, config, history, _ = trained(settings, seed=5)
        save(tagger, config, tmp_path / str(run))
        history.to_csv(tmp_path / str(run) / "history.csv", index=False)
    for name in ("model.safetensors", "config.json", "history.csv"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes()
    if parse_system(settings).seeded:
        other, features = trained(settings, seed=6)[0], torch.rand(2, 8)
        assert not other.scores(features).equal(tagger.scores(features))


@pytest.mark.parametrize("settings", SYSTEMS[7:], ids=str)
def test_trained_scores_are_embeddings_times_tag_vectors_up_to_a_tags_bias(settings):
    tagger, _, _, features = trained(settings)
    rest = tagger.scores(features) - (tagger.embed(features) @ tagger.tag_vectors.T).detach()
    torch.testing.assert_close(rest, rest[:1].expand_as(rest), atol=1e-5, rtol=1e-5)


def test_weights_of_another_system_are_refused(tmp_path):
    tagger, config, _, _ = trained(SYSTEMS[0])
    save(tagger, config | {"system": {"model": "random"}}, tmp_path)
    with pytest.raises(ModelError, match="random tagger"):
        load(tmp_path)


def test_cut_off_weights_are_refused(tmp_path):
    tagger, config, _, _ = trained(SYSTEMS[3])
    save(tagger, config, tmp_path)
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    with pytest.raises(ModelError, match="Train it again"):
        load(tmp_path)


def test_a_folder_without_a_tagger_is_named(tmp_path):
    with pytest.raises(ModelError, match=str(tmp_path)):
        load(tmp_path)
