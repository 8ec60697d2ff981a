"""A head that starts from another tagger's layers, and a training from a few photos."""

import pytest
import torch
from torch.nn.functional import relu

from phototags.errors import ModelError
from phototags.io.storage import write_tensors
from phototags.systems.fast0tag import Fast0Tag
from phototags.systems.khot import Khot
from phototags.systems.multihot import Multihot
from phototags.systems.parts.tagged_photos import TaggedPhotos, sample_photos
from phototags.training.train import train

KEYS = {"hidden": [7, 5], "epochs": 3, "patience": 3, "batch_size": 8}
LAYERS = ["head.2.weight", "head.2.bias", "head.5.weight", "head.5.bias"]


def photos(tags: int, seed: int, number: int = 30) -> TaggedPhotos:
    generator = torch.Generator().manual_seed(seed)
    features = torch.rand(number, 6, generator=generator)
    own = torch.randint(0, tags, (number, 2), generator=generator)
    return TaggedPhotos([f"photo{row}" for row in range(number)], features, own)


def learned(system, tags: int, start=None, seed: int = 0):
    """From photos of its own with as many tags."""
    some, vectors = photos(tags, seed=tags), torch.rand(tags, 3)
    return train(system, some, some, vectors, seed, source=start)[0]


def starting(kind=Khot, layers: str = "tuned", **keys):
    start = {"train": "hashtags", "system": "noisy", "layers": layers}
    return kind(
        model=kind.model_fields["model"].annotation.__args__[0],
        initialise_from=start,
        **KEYS | keys,
    )


@pytest.fixture(scope="module")
def source() -> dict[str, torch.Tensor]:
    return learned(Khot(model="khot", **KEYS), tags=9).tensors()


@pytest.mark.parametrize("kind", [Khot, Multihot, Fast0Tag])
def test_frozen_layers_are_the_sources_to_the_bit_and_the_tag_table_is_the_new_one(kind, source):
    average = {"ema_decay": 0.9, "weight_decay": 0.1, "dropout": 0.2}
    found = learned(starting(kind, "frozen", **average), tags=4, start=source).tensors()
    assert all(found[name].equal(source[name]) for name in LAYERS)
    assert len(found["tag_vectors"]) == 4


@pytest.mark.parametrize("kind", [Khot, Multihot, Fast0Tag])
def test_tuned_layers_learn_on(kind, source):
    found = learned(starting(kind), tags=4, start=source).tensors()
    assert not any(found[name].equal(source[name]) for name in LAYERS)


def test_tuned_layers_begin_where_the_source_ended(source):
    found = learned(starting(learning_rate=1e-9, epochs=1), tags=4, start=source).tensors()
    for name in LAYERS:
        torch.testing.assert_close(found[name], source[name], atol=1e-7, rtol=0)


def test_a_frozen_start_is_a_linear_classifier_on_the_sources_last_hidden_layer(source):
    tagger = learned(starting(layers="frozen", scaling="none"), tags=4, start=source)
    some = photos(4, seed=4).features
    first = relu(some @ source["head.2.weight"].T + source["head.2.bias"])
    hidden = first @ source["head.5.weight"].T + source["head.5.bias"]
    expected = hidden @ tagger.tag_vectors.T + tagger.bias
    torch.testing.assert_close(tagger.scores(some), expected.detach())


def test_what_starts_from_another_source_is_another_tagger(source):
    other = {name: values + 0.1 for name, values in source.items()}
    one, two = (
        learned(starting(layers="frozen"), tags=4, start=start).tensors()["tag_vectors"]
        for start in (source, other)
    )
    assert not one.equal(two)


@pytest.mark.parametrize(
    "wrong", [lambda layer: layer[:, :3], lambda layer: None], ids=["narrow", "missing"]
)
def test_layers_of_other_widths_are_refused_by_name(wrong, source):
    changed = source | {"head.5.weight": wrong(source["head.5.weight"])}
    start = {name: values for name, values in changed.items() if values is not None}
    with pytest.raises(ModelError, match=r"head.5.weight of \(5, 7\)"):
        learned(starting(), tags=4, start=start)


def test_weights_are_given_where_and_only_where_a_system_starts_from_them(source):
    with pytest.raises(ModelError, match="none are given"):
        learned(starting(), tags=4)
    with pytest.raises(ModelError, match="some are given"):
        learned(Khot(model="khot", **KEYS), tags=4, start=source)


def test_what_a_system_does_not_say_is_not_written_of_it():
    """So that config.json of taggers that start by themselves keeps its bytes."""
    plain = Khot(model="khot", **KEYS).model_dump()
    assert not {"initialise_from", "max_train_photos"} & set(plain)
    said = starting(max_train_photos=3).model_dump()
    assert said["max_train_photos"] == 3
    assert said["initialise_from"] == {"train": "hashtags", "system": "noisy", "layers": "tuned"}


def test_a_seed_draws_the_same_photos_and_another_seed_others():
    some = photos(4, seed=0)
    for number in (1, 10, 29):
        one, again, other = (sample_photos(some, number, seed) for seed in (3, 3, 4))
        assert list(one.ids) == list(again.ids) != list(other.ids)
        assert len(set(one.ids)) == number


def test_more_photos_are_fewer_and_others_each_with_its_own_features_and_tags():
    some = photos(4, seed=0)
    few, more = sample_photos(some, 6, seed=0), sample_photos(some, 12, seed=0)
    assert set(few.ids) < set(more.ids)
    for place, name in enumerate(more.ids):
        row = some.ids.index(name)
        assert more.features[place].equal(some.features[row])
        assert more.tags[place].equal(some.tags[row])


@pytest.mark.parametrize("number", [None, 30, 31])
def test_no_number_and_a_large_one_take_all_photos(number):
    assert sample_photos(photos(4, seed=0), number, seed=0).ids == photos(4, seed=0).ids


def test_every_photo_is_drawn_equally_often():
    """4,000 draws of 3 of 30: each photo's count is binomial, so within 5 deviations of 400."""
    some, counts = photos(4, seed=0), dict.fromkeys(photos(4, seed=0).ids, 0)
    for seed in range(4000):
        for name in sample_photos(some, 3, seed).ids:
            counts[name] += 1
    assert max(abs(count - 400) for count in counts.values()) < 5 * (4000 * 0.1 * 0.9) ** 0.5


def test_the_bytes_are_those_of_the_seed(source, tmp_path):
    for run in ("a", "b"):
        tensors = learned(starting(ema_decay=0.9), tags=4, start=source).tensors()
        write_tensors(tmp_path / run, tensors)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
