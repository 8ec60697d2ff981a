import numpy as np
import pyarrow as pa
import pytest
import torch

from phototags.errors import ParamsError
from phototags.tag_vectors.initialisation import init_from_text, init_random
from phototags.tag_vectors.text_vectors import TextVectors


def generator():
    return torch.Generator().manual_seed(0)


def text(words=1000):
    matrix = np.random.default_rng(0).normal([5, -5], [1, 3], (words, 2)).astype(np.float32)
    return TextVectors(pa.array([f"w{n}" for n in range(words)]), matrix)


def test_a_known_tag_starts_at_its_vector_from_text():
    initial = init_from_text(["?", "w3", "w1 w2"], text(), 2, generator())
    assert torch.equal(initial[1], torch.from_numpy(text().matrix[3]))
    assert initial[2].tolist() == pytest.approx(text().matrix[1:3].mean(0).tolist())


def test_unknown_tags_look_like_known_ones():
    tags = [f"w{n}" for n in range(1000)] + [f"?{n}" for n in range(5000)]
    drawn = init_from_text(tags, text(), 2, generator())[1000:]
    assert drawn.mean(0).tolist() == pytest.approx([5, -5], abs=0.3)
    assert drawn.std(0).tolist() == pytest.approx([1, 3], rel=0.1)


def test_a_width_that_text_does_not_have_is_refused_with_the_one_it_has():
    with pytest.raises(ParamsError, match="dimensions is 64.*have 2.*dimensions: 2"):
        init_from_text(["w1"], text(), 64, generator())


def test_where_text_knows_nothing_the_start_is_random():
    assert torch.equal(
        init_from_text(["?"], text(), 2, generator()), init_random(1, 2, generator())
    )


def test_a_random_start_is_small():
    initial = init_random(100, 20, generator())
    assert initial.abs().max() <= 1 / 40 and initial.std() > 0.5 / 40
