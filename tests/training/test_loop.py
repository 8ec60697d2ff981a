"""The loop: keeps the best epoch, stops in time, names the photos of a loss that is no number."""

import math

import pytest
import torch

from phototags.errors import CorpusError, ModelError
from phototags.systems.asl import Asl
from phototags.systems.bases.training_settings import TrainingSettings
from phototags.systems.bilinear import Bilinear
from phototags.systems.fast0tag import Fast0Tag
from phototags.systems.im2vec import Im2Vec
from phototags.systems.khot import Khot
from phototags.systems.multihot import Multihot
from phototags.systems.naive_sum import NaiveSum
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.wdv import Wdv
from phototags.training.batch_loader import BatchLoader
from phototags.training.loop import fit
from phototags.training.train import train


def photos(number: int = 64, tags: int = 4) -> TaggedPhotos:
    """A photo of tag t has its feature t high."""
    generator = torch.Generator().manual_seed(0)
    rows = torch.randint(0, tags, (number, 1), generator=generator)
    features = torch.rand(number, tags, generator=generator) / 10
    features[torch.arange(number), rows[:, 0]] += 2
    return TaggedPhotos([f"photo{row}" for row in range(number)], features, rows)


def constant_tagger() -> EmbeddingTagger:
    tagger = EmbeddingTagger(torch.nn.Identity(), torch.zeros(2, 4), torch.zeros(2))
    tagger.tag_vectors.requires_grad_(False)
    return tagger


def growing(tagger, batch, generator):
    """A loss that moves the bias up by the learning rate a step (Adam's first steps)."""
    return -tagger.bias.sum()


SCHEDULE = TrainingSettings(epochs=9, patience=2, learning_rate=0.1)
FEED = BatchLoader(photos(), TrainingSettings(epochs=9, patience=2, batch_size=64))


def test_the_weights_of_the_best_epoch_are_kept_and_patience_ends_the_run():
    seen, scores = [], iter([0.1, 0.5, 0.3, 0.4, 0.9])
    tagger = constant_tagger()

    def judge(judged):
        seen.append(judged.bias.detach().clone())
        return next(scores)

    history = fit(tagger, growing, FEED, judge, SCHEDULE, torch.Generator())
    assert history.validation_map.tolist() == [0.1, 0.5, 0.3, 0.4]
    assert history.best.tolist() == [False, True, False, False]
    assert tagger.bias.detach().equal(seen[1])


def test_without_validation_photos_the_last_epoch_is_kept():
    tagger = constant_tagger()
    history = fit(tagger, growing, FEED, lambda _: math.nan, SCHEDULE, torch.Generator())
    assert history.epoch[history.best].tolist() == [9]
    assert tagger.bias.tolist() == pytest.approx([0.9, 0.9], abs=1e-4)


def test_a_loss_that_is_no_number_names_the_photos_of_its_batch():
    broken = photos(8)
    broken.features[3, 0] = math.inf
    system = Multihot(model="multihot", scaling="none", epochs=1, patience=1, batch_size=8)
    with pytest.raises(ModelError, match="nan on the photos .*photo3"):
        train(system, broken, broken, torch.zeros(4, 2), 0)


def test_training_without_any_known_tag_says_what_to_lower():
    none = TaggedPhotos([], torch.zeros(0, 4), torch.zeros(0, 1, dtype=torch.int64), n_left_out=5)
    system = Multihot(model="multihot", epochs=1, patience=1)
    with pytest.raises(CorpusError, match="5 training photos.*vocabulary.min_users"):
        train(system, none, none, torch.zeros(4, 2), 0)


QUICK = {"epochs": 60, "patience": 60, "batch_size": 16, "learning_rate": 0.02}


@pytest.mark.parametrize(
    "system",
    [
        Multihot(model="multihot", **QUICK),
        Im2Vec(model="im2vec", **QUICK),
        Im2Vec(model="im2vec", hidden=[8], **QUICK),
        Im2Vec(
            model="im2vec", tag_vectors="joint", tag_optimiser="sgd", exclude="sampled", **QUICK
        ),
        Im2Vec(
            model="im2vec",
            tag_vectors="joint",
            tag_optimiser="adagrad",
            tag_learning_rate=0.1,
            **QUICK,
        ),
        Im2Vec(model="im2vec", tag_vectors="joint", expectation="exact", **QUICK),
        Im2Vec(
            model="im2vec", initial_length=None, draw_negatives="next_photo", ema_decay=0.9, **QUICK
        ),
        Im2Vec(model="im2vec", draw_negatives="each_epoch", **QUICK),
        Fast0Tag(model="fast0tag", **QUICK),
        NaiveSum(model="naive-sum", **QUICK),
        Wdv(model="wdv", neighbours=1, **QUICK),
        Khot(model="khot", sampling="balanced", **QUICK),
        Asl(model="asl", label_noise=0.1, **QUICK),
        Bilinear(model="bilinear", optimiser="sgd", init_std=0.1, **QUICK),
    ],
    ids=lambda system: system.model,
)
def test_what_can_be_learned_is_learned(system):
    shown = photos()
    vectors = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
    nothing = TaggedPhotos([], torch.zeros(0, 4), torch.zeros(0, 1, dtype=torch.int64))
    tagger, history = train(system, shown, nothing, vectors, 0)  # keeps the last epoch
    first = tagger.scores(shown.features).argmax(1)
    assert (first == shown.tags[:, 0]).float().mean() > 0.9
    assert history.loss.iloc[-1] < history.loss.iloc[0]


@pytest.mark.parametrize("optimiser", ["adam", "adagrad", "sgd"])
@pytest.mark.parametrize("way", ["fixed", "joint"])
def test_fixed_tag_vectors_stay_and_joint_ones_move(way, optimiser):
    vectors = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
    keys = {"initial_length": None, "tag_optimiser": optimiser, "epochs": 2, "patience": 2}
    system = Im2Vec(model="im2vec", tag_vectors=way, **keys)
    tagger, _ = train(system, photos(), photos(), vectors, 0)
    assert tagger.tag_vectors.equal(vectors) == (way == "fixed")


def test_tag_vectors_begin_at_the_mean_length_that_is_asked_for_in_their_directions():
    vectors = 5 * torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
    system = Im2Vec(model="im2vec", initial_length=0.5, epochs=1, patience=1)
    found = train(system, photos(), photos(), vectors, 0)[0].tag_vectors.detach()
    torch.testing.assert_close(found.norm(dim=1).mean(), torch.tensor(0.5))
    torch.testing.assert_close(
        torch.nn.functional.normalize(found), torch.nn.functional.normalize(vectors)
    )


def test_a_wider_joint_table_begins_with_zeros_and_learns_all_its_columns():
    vectors = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
    keys = {"initial_length": None, "epochs": 2, "patience": 2, "dimensions": 5}
    system = Im2Vec(model="im2vec", tag_vectors="joint", **keys)
    before = system.build(photos(), vectors, torch.Generator()).tagger.tag_vectors
    assert before[:, :3].equal(vectors) and not before[:, 3:].any()
    tagger, _ = train(system, photos(), photos(), vectors, 0)
    assert tagger.tag_vectors.shape == (4, 5) and tagger.tag_vectors.all()


def test_fewer_dimensions_than_the_tag_vectors_have_are_refused():
    system = Im2Vec(model="im2vec", tag_vectors="joint", dimensions=2, epochs=1, patience=1)
    with pytest.raises(ModelError, match="at least that of the tag vectors, 3, but is 2"):
        train(system, photos(), photos(), torch.zeros(4, 3), 0)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"dimensions": 9}, "dimensions needs tag_vectors: joint"),
        ({"expectation": "exact", "exclude": "sampled"}, "exact needs draw_negatives: each_step"),
        ({"expectation": "exact", "draw_negatives": "each_epoch"}, "but they are each_epoch"),
        (
            {"expectation": "exact", "tag_vectors": "joint", "tag_optimiser": "sgd"},
            "exact needs tag_optimiser: adam or adagrad",
        ),
    ],
    ids=str,
)
def test_settings_of_im2vec_that_exclude_each_other_are_refused(keys, reason):
    with pytest.raises(ValueError, match=reason):
        Im2Vec(model="im2vec", epochs=1, patience=1, **keys)


def test_the_prior_lifts_common_tags_by_the_log_of_their_rate():
    shown, vectors = photos(), torch.zeros(4, 3)
    biases = [
        train(
            Im2Vec(model="im2vec", epochs=1, patience=1, power=0.5, prior_weight=prior),
            shown,
            shown,
            vectors,
            0,
        )[0].bias
        for prior in (0.0, 1.0)
    ]
    counts = torch.bincount(shown.tags[:, 0], minlength=4)
    assert biases[0].tolist() == [0] * 4
    torch.testing.assert_close(biases[1].detach(), 0.5 * ((counts + 1) / 66).log())


def test_gradients_of_several_batches_make_the_step_of_one():
    """Squared error is a mean over photos, so two batches of 32 are one of 64."""
    taggers = []
    for batch, accumulate in ((64, 1), (32, 2), (24, 9)):
        keys = {"epochs": 3, "patience": 3, "optimiser": "sgd", "learning_rate": 0.1}
        system = Multihot(model="multihot", batch_size=batch, accumulate_batches=accumulate, **keys)
        taggers.append(train(system, photos(), photos(), torch.zeros(4, 2), 0))
    for tagger, history in taggers[1:]:
        torch.testing.assert_close(tagger.tag_vectors, taggers[0][0].tag_vectors)
        assert history.loss.tolist() == pytest.approx(taggers[0][1].loss.tolist())


def test_every_step_has_the_rate_of_its_moment():
    """Adam's first steps have the size of the rate, so the weights are the sum of the rates."""
    schedule = TrainingSettings(
        epochs=2,
        patience=9,
        batch_size=16,
        learning_rate=0.1,
        warmup_epochs=1,
        lr_schedule="cosine",
    )
    tagger, feed = constant_tagger(), BatchLoader(photos(), schedule)
    fit(tagger, growing, feed, lambda _: math.nan, schedule, torch.Generator())
    rates = [0.025, 0.05, 0.075, 0.1] + [0.05 * (1 + math.cos(math.pi * n / 4)) for n in (1, 2, 3)]
    assert tagger.bias.tolist() == pytest.approx([sum(rates)] * 2, abs=1e-4)
