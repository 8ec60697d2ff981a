import math

import numpy as np
import pytest
import torch

from phototags.embeddings import skipgram
from phototags.embeddings.sets import tag_sets
from phototags.embeddings.skipgram import SkipGram, train

VOCABULARY = [f"tag{number}" for number in range(8)]


def two_topics(photos=200):
    """Tags 0-3 stand together, and so do 4-7."""
    rng = np.random.default_rng(0)
    return tag_sets(
        [
            [VOCABULARY[tag] for tag in rng.permutation(4)[: rng.integers(2, 5)] + 4 * (n % 2)]
            for n in range(photos)
        ],
        VOCABULARY,
    )


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def start(dimensions=6):
    return torch.randn(8, dimensions, generator=generator(9)) * 0.1


def loss_of_a_loop(words, contexts, tags, negatives, settings):
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
                    total -= settings.negatives / len(negatives) * far
    return total


def test_the_loss_and_the_gradient_written_by_hand_equal_a_loop_and_autograd():
    settings = SkipGram(shared=3, learning_rate=1.0)
    table = skipgram.Table(start().double())
    table.contexts = torch.randn(8, 6, generator=generator(1)).double()
    tags, negatives = torch.tensor([[0, 1, 2], [2, 5, 6]]), torch.tensor([7, 2, 7])
    words = table.words.clone().requires_grad_()
    contexts = table.contexts.clone().requires_grad_()
    expected = loss_of_a_loop(words, contexts, tags, negatives, settings)
    expected.backward()
    before = table.words.clone(), table.contexts.clone()
    table.word_sums.fill_(1e12), table.context_sums.fill_(1e12)  # Adagrad's pace is now constant
    found = skipgram.step(table, tags, negatives, settings)
    pace = math.sqrt(2) * 1e6  # two pairs a tag
    assert found == pytest.approx(expected.item())
    assert torch.allclose((before[0] - table.words) * pace, words.grad, atol=1e-6)
    assert torch.allclose((before[1] - table.contexts) * pace, contexts.grad, atol=1e-6)


def test_zero_contexts_give_the_loss_of_knowing_nothing():
    table = skipgram.Table(start())
    loss = skipgram.step(table, torch.tensor([[0, 1, 2, 3]]), torch.tensor([5, 6]), SkipGram())
    assert loss / 12 == pytest.approx(6 * math.log(2), rel=1e-5)


def test_tags_of_one_topic_end_nearer_than_tags_of_two():
    vectors, history = train(two_topics(), start(), SkipGram(epochs=30), generator())
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    near = unit @ unit.T
    assert near[:4, :4].min() > near[:4, 4:].max()
    assert history["loss"].iloc[-1] < history["loss"].iloc[0] < 6 * math.log(2)


def test_same_seed_twice_is_the_same_bytes_and_another_seed_is_not():
    runs = [train(two_topics(), start(), SkipGram(), generator(seed)) for seed in (1, 1, 2)]
    assert torch.equal(runs[0][0], runs[1][0]) and runs[0][1].equals(runs[1][1])
    assert not torch.equal(runs[0][0], runs[2][0])


def test_no_epochs_keep_the_start():
    vectors, history = train(two_topics(), start(), SkipGram(epochs=0), generator())
    assert torch.equal(vectors, start()) and list(history) == ["epoch", "loss"] and history.empty


def test_the_start_given_is_not_changed():
    given = start()
    train(two_topics(), given, SkipGram(epochs=1), generator())
    assert torch.equal(given, start())


@pytest.mark.parametrize("photos", [[], [[]], [["tag1"], ["tag2"]]])
def test_photos_without_pairs_teach_nothing(photos):
    vectors, history = train(tag_sets(photos, VOCABULARY), start(), SkipGram(epochs=2), generator())
    assert torch.equal(vectors, start()) and history["loss"].tolist() == [0, 0]


def test_a_tag_of_no_photo_keeps_its_vector_unless_it_is_never_a_context():
    sets = tag_sets([["tag0", "tag1"]] * 50, VOCABULARY)
    vectors, _ = train(sets, start(), SkipGram(epochs=2), generator())
    assert torch.equal(vectors[2:], start()[2:])


def test_negatives_are_drawn_in_proportion_to_a_power_of_the_count():
    counts = np.array([16, 0, 1, 81])
    draw = skipgram.negative_sampler(counts, SkipGram(power=0.5, shared=40_000), generator())
    share = torch.bincount(draw(), minlength=4) / 40_000
    assert share.tolist() == pytest.approx([4 / 14, 0, 1 / 14, 9 / 14], abs=0.01)
