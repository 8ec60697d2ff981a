import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from phototags.tag_vectors import fit_skipgram as fitting
from phototags.tag_vectors import torch_trainer
from phototags.tag_vectors.fit_skipgram import fit_skipgram
from phototags.tag_vectors.numba_trainer import build_alias_tables, train_photos
from phototags.tag_vectors.skipgram import SkipGram, Table, open_table
from phototags.tags.encoding import encode_tags

VOCABULARY = [f"tag{number}" for number in range(8)]


def two_topics(photos=200):
    """Tags 0-3 stand together, and so do 4-7."""
    rng = np.random.default_rng(0)
    return encode_tags(
        [
            [VOCABULARY[tag] for tag in rng.permutation(4)[: rng.integers(2, 5)] + 4 * (n % 2)]
            for n in range(photos)
        ],
        VOCABULARY,
    )


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def initial(dimensions=6):
    return torch.randn(8, dimensions, generator=generator(9)) * 0.1


def fit(sets, vectors, settings, random):
    """The input vectors and the losses."""
    table, history = fit_skipgram(sets, vectors, settings, random)
    return table.input_vectors, history


def loss_of_a_loop(words, contexts, tags, negatives, wanted):
    """-log s(w.c) for each ordered pair of a photo's tags, and the negatives' mean, weighted."""
    total = 0
    for photo in tags.tolist():
        for place, s in enumerate(photo):
            for other, t in enumerate(photo):
                if place == other:
                    continue
                total -= torch.sigmoid(words[s] @ contexts[t]).log()
                for n in negatives.tolist():
                    far = torch.sigmoid(-(words[s] @ contexts[n])).log()
                    total -= wanted / len(negatives) * far
    return total


def steady_table(dtype=torch.float32):
    """A table whose pace is the same for every row and stays so: 1e-3 for a step of 1000."""
    contexts = torch.randn(8, 6, generator=generator(1), dtype=dtype)
    return Table(initial().to(dtype), contexts, *torch.full((2, 8), 1e12, dtype=dtype))


def test_the_loss_and_the_gradient_written_by_hand_equal_a_loop_and_autograd():
    table = steady_table(torch.float64)
    tags, negatives = torch.tensor([[0, 1, 2], [2, 5, 6]]), torch.tensor([7, 2, 7])
    words = table.input_vectors.clone().requires_grad_()
    contexts = table.output_vectors.clone().requires_grad_()
    expected = loss_of_a_loop(words, contexts, tags, negatives, 5)
    expected.backward()
    before = table.input_vectors.clone(), table.output_vectors.clone()
    found = torch_trainer.train_step(table, tags, negatives, 5, 1000.0)
    pace = math.sqrt(2) * 1e3  # two pairs a tag
    assert found.item() == pytest.approx(expected.item())
    assert torch.allclose((before[0] - table.input_vectors) * pace, words.grad, atol=1e-6)
    assert torch.allclose((before[1] - table.output_vectors) * pace, contexts.grad, atol=1e-6)


@pytest.mark.parametrize("photos", [[[0, 1, 2], [2, 5, 6]], [[3, 1, 0, 4, 2, 6, 5]], [[4, 5]] * 9])
def test_the_numba_trainer_takes_the_same_step_as_the_torch_one(photos):
    tags = torch.tensor(photos)
    sets = encode_tags([[VOCABULARY[tag] for tag in photo] for photo in photos], VOCABULARY)
    slow, fast = steady_table(), steady_table()
    expected = torch_trainer.train_step(slow, tags, torch.full((16,), 7), 5, 1000.0)
    only_tag_7 = build_alias_tables(np.float64([0, 0, 0, 0, 0, 0, 0, 1]))
    arrays, settings = Table(*(part.numpy() for part in fast)), SkipGram(shared_negatives=16)
    order = np.arange(len(sets))
    pairs, loss, measured = train_photos(arrays, sets, order, only_tag_7, settings, 1000.0, 1)
    assert pairs == measured == sets.n_pairs
    assert loss == pytest.approx(expected.item(), rel=1e-5)
    for found, wanted in zip(fast, slow, strict=True):
        assert torch.allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_zero_contexts_give_the_loss_of_knowing_nothing():
    table, tags = open_table(initial()), torch.tensor([[0, 1, 2, 3]])
    loss = torch_trainer.train_step(table, tags, torch.tensor([5, 6]), 5, 0.05)
    assert loss / 12 == pytest.approx(6 * math.log(2), rel=1e-5)


@pytest.mark.parametrize("engine", ["torch", "numba"])
def test_tags_of_one_topic_end_nearer_than_tags_of_two(engine):
    settings = SkipGram(epochs=30, engine=engine)
    vectors, history = fit(two_topics(), initial(), settings, generator())
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    near = unit @ unit.T
    assert near[:4, :4].min() > near[:4, 4:].max()
    assert history["loss"].iloc[-1] < history["loss"].iloc[0] < 6 * math.log(2)


@pytest.mark.parametrize("engine", ["torch", "numba"])
def test_same_seed_twice_is_the_same_bytes_and_another_seed_is_not(engine):
    settings = SkipGram(engine=engine, subsample_threshold=0.1)
    runs = [fit(two_topics(), initial(), settings, generator(seed)) for seed in (1, 1, 2)]
    assert torch.equal(runs[0][0], runs[1][0]) and runs[0][1].equals(runs[1][1])
    assert not torch.equal(runs[0][0], runs[2][0])


def test_two_workers_learn_what_one_learns():
    settings = SkipGram(epochs=30, engine="numba", workers=2)
    vectors, history = fit(two_topics(), initial(), settings, generator())
    alone = fit(two_topics(), initial(), SkipGram(epochs=30, engine="numba"), generator())[1]
    assert history["loss"].iloc[-1] == pytest.approx(alone["loss"].iloc[-1], rel=0.05)
    assert torch.isfinite(vectors).all()


@pytest.mark.parametrize("engine", ["torch", "numba"])
def test_no_epochs_keep_the_start(engine):
    settings = SkipGram(epochs=0, engine=engine)
    vectors, history = fit(two_topics(), initial(), settings, generator())
    assert torch.equal(vectors, initial()) and list(history) == ["epoch", "loss"] and history.empty


def test_the_start_given_is_not_changed():
    given = initial()
    fit(two_topics(), given, SkipGram(epochs=1), generator())
    assert torch.equal(given, initial())


@pytest.mark.parametrize("engine", ["torch", "numba"])
@pytest.mark.parametrize("photos", [[], [[]], [["tag1"], ["tag2"]]])
def test_photos_without_pairs_teach_nothing(photos, engine):
    settings = SkipGram(epochs=2, engine=engine)
    vectors, history = fit(encode_tags(photos, VOCABULARY), initial(), settings, generator())
    assert torch.equal(vectors, initial()) and history["loss"].tolist() == [0, 0]


@pytest.mark.parametrize("engine", ["torch", "numba"])
def test_a_tag_of_no_photo_keeps_its_vector(engine):
    sets = encode_tags([["tag0", "tag1"]] * 50, VOCABULARY)
    vectors, _ = fit(sets, initial(), SkipGram(epochs=2, engine=engine), generator())
    assert torch.equal(vectors[2:], initial()[2:]) and not torch.equal(vectors[:2], initial()[:2])


@pytest.mark.parametrize("engine", ["torch", "numba"])
def test_frozen_tags_keep_their_vectors_while_the_others_learn(engine):
    frozen = torch.arange(8) < 3
    settings = SkipGram(epochs=2, engine=engine)
    table, _ = fit_skipgram(two_topics(), initial(), settings, generator(), frozen)
    assert torch.equal(table.input_vectors[:3], initial()[:3])
    assert (table.input_vectors[3:] != initial()[3:]).any(1).all() and torch.isfinite(
        table.input_vectors
    ).all()


@pytest.mark.parametrize("engine", ["torch", "numba"])
def test_a_table_on_disk_learns_the_same_bytes(engine, tmp_path):
    settings = SkipGram(epochs=2, engine=engine)
    mapped, _ = fit_skipgram(two_topics(), initial(), settings, generator(), folder=tmp_path)
    assert torch.equal(mapped.input_vectors, fit(two_topics(), initial(), settings, generator())[0])
    assert (tmp_path / "input_vectors.f32").stat().st_size == 8 * 6 * 4


@pytest.mark.parametrize("width", [6, 16, 50])
def test_any_width_is_learned(width):
    settings = SkipGram(epochs=10, engine="numba")
    found = fit(two_topics(), initial(width), settings, generator())[1]["loss"]
    assert found.iloc[-1] < found.iloc[0]


def test_large_work_is_compiled_and_small_work_is_not(monkeypatch):
    chosen = fitting._choose_trainer(two_topics(), initial(), SkipGram())
    monkeypatch.setattr(fitting, "MIN_PAIRS_TO_COMPILE", 1000)
    assert chosen.__name__ == "TorchTrainer"
    assert fitting._choose_trainer(two_topics(), initial(), SkipGram()).__name__ == "NumbaTrainer"


def test_the_pace_falls_in_a_line_to_its_final_share():
    settings = SkipGram(epochs=4, learning_rate=0.1, final_lr_fraction=0.5)
    assert [settings.lr_at(passed) for passed in (0, 2, 4)] == pytest.approx([0.1, 0.075, 0.05])


def test_frequent_tags_are_kept_with_word2vecs_probability():
    keep = SkipGram(subsample_threshold=0.01).keep_probability(np.array([900, 99, 1, 0]))
    assert keep[0] == pytest.approx(math.sqrt(0.01 / 0.9) + 0.01 / 0.9)
    assert keep[2:].tolist() == [1, 1]
    assert SkipGram().keep_probability(np.array([900, 1])).tolist() == [1, 1]


def test_negatives_are_drawn_in_proportion_to_a_power_of_the_count():
    draw = torch_trainer.make_negative_sampler(np.array([16, 0, 1, 81]), 0.5, 40_000, generator())
    share = torch.bincount(draw(), minlength=4) / 40_000
    assert share.tolist() == pytest.approx([4 / 14, 0, 1 / 14, 9 / 14], abs=0.01)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30).filter(any))
def test_alias_tables_hold_each_weight_exactly(weights):
    own, other = build_alias_tables(np.array(weights, float))
    share = own.astype(float)
    np.add.at(share, other, 1 - own)
    assert (share / len(weights)).tolist() == pytest.approx(
        [weight / sum(weights) for weight in weights], abs=1e-6
    )
