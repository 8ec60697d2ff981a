"""What an epoch shows, and where its negatives come from."""

from dataclasses import replace

import pytest
import torch
from pydantic import ValidationError

from phototags.systems.bases.training_settings import TrainingSettings
from phototags.systems.im2vec import Im2Vec
from phototags.systems.parts.negatives import NegativesEachEpoch, NextPhotoNegatives
from phototags.systems.parts.tag_sampling import CategoricalSampler, sample_positives
from phototags.systems.parts.tagged_photos import Batch, TaggedPhotos
from phototags.tags.padding import PADDING
from phototags.training.batch_loader import BatchLoader, add_label_noise

TAGS = torch.tensor([[0, 1], [1, PADDING], [2, 3], [0, PADDING], [3, PADDING]])
PHOTOS = TaggedPhotos(list("abcde"), torch.arange(10.0).view(5, 2), TAGS)


def settings(**keys) -> TrainingSettings:
    return TrainingSettings(epochs=1, patience=1, **keys)


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def test_an_epoch_shows_every_photo_once_with_its_own_tags(generator):
    batches = list(BatchLoader(PHOTOS, settings(batch_size=2)).batches(1, generator))
    assert [len(batch.indices) for batch in batches] == [2, 2, 1]
    assert sorted(torch.cat([batch.indices for batch in batches]).tolist()) == [0, 1, 2, 3, 4]
    for batch in batches:
        assert batch.features.equal(PHOTOS.features[batch.indices])
        assert batch.tags.equal(TAGS[batch.indices])


def test_a_photo_whose_tags_are_all_disbelieved_is_passed_by(generator):
    chances = torch.tensor([1.0, 0.0, 1.0, 0.0])
    (batch,) = BatchLoader(PHOTOS, settings(batch_size=9), keep_probabilities=chances).batches(
        1, generator
    )
    shown = dict(zip(batch.indices.tolist(), batch.positive_tags.tolist(), strict=True))
    assert shown == {0: [0, PADDING], 2: [2, PADDING], 3: [0, PADDING]}


@pytest.mark.parametrize(
    "keys",
    [
        {"exclude": "photo"},
        {"exclude": "batch"},
        {"exclude": "photo", "draw_negatives": "next_photo"},
        {"exclude": "photo", "draw_negatives": "each_epoch"},
    ],
    ids=lambda keys: "-".join(keys.values()),
)
def test_a_photos_tags_that_are_not_kept_are_no_negatives_either(keys, generator):
    """Tags 0 and 1 are never kept, so that they can be excluded only by the whole tags."""
    system = Im2Vec(model="im2vec", epochs=1, patience=1, batch_size=2, positives=3, **keys)
    tags = torch.tensor([[0, 2], [1, 2], [2, 3], [0, 3], [3, PADDING]])
    photos, chances = replace(PHOTOS, tags=tags), torch.tensor([0.0, 0.0, 1.0, 1.0])
    loader = BatchLoader(photos, system, keep_probabilities=chances)
    sampler, sampled = system.make_negative_sampler(photos, 4), set()
    for epoch in range(1, 20):
        for batch in loader.batches(epoch, generator):
            positives = sample_positives(batch.positive_tags, 3, generator)
            negatives, valid = sampler(batch, positives, generator)
            photo_of = batch.indices[:, None].expand_as(negatives)
            sampled |= set(zip(photo_of[valid].tolist(), negatives[valid].tolist(), strict=True))
    own = {(photo, tag) for photo, row in enumerate(tags.tolist()) for tag in row}
    assert sampled
    assert not sampled & own


def test_root_sampling_repeats_photos_of_rare_tags(generator):
    rates = torch.tensor([0.4, 0.4, 0.2, 0.4])
    feed = BatchLoader(
        PHOTOS, settings(sampling="root", repeat_threshold=0.8), rates
    )  # sqrt(0.8 / 0.2) = 2
    assert (feed.sample_epoch(generator).photos == 2).sum() == 2


def positive_shares(loader: BatchLoader, generator: torch.Generator) -> list[float]:
    """Share of each of the 4 tags among the positives of 400 epochs, five a photo."""
    counts = torch.zeros(4)
    for epoch in range(400):
        for batch in loader.batches(epoch, generator):
            positives = sample_positives(batch.positive_tags, 5, generator)
            counts += torch.bincount(positives.flatten(), minlength=4)
    return (counts / counts.sum()).tolist()


def test_balanced_sampling_draws_every_tag_equally_often_as_a_positive(generator):
    """Tag 0 comes along with each of the others: photos drawn for those must not teach it."""
    tags = torch.tensor([[0, 1], [0, 2], [0, 3], [0, PADDING], [0, PADDING]])
    photos = replace(PHOTOS, tags=tags)
    loader = BatchLoader(photos, settings(sampling="balanced"), torch.ones(4))
    assert positive_shares(loader, generator) == pytest.approx([0.25] * 4, abs=0.03)
    (batch,) = loader.batches(1, generator)
    assert batch.tags.equal(tags[batch.indices])


def test_balanced_pairs_whose_tag_is_not_kept_are_left_out(generator):
    """Tags 0 to 3 are drawn equally often, and kept in the ratio 2 : 1 : 1 : 0."""
    chances = torch.tensor([1.0, 0.5, 0.5, 0.0])
    loader = BatchLoader(PHOTOS, settings(sampling="balanced"), torch.ones(4), chances)
    assert positive_shares(loader, generator) == pytest.approx([0.5, 0.25, 0.25, 0], abs=0.03)


def test_photos_with_label_noise_keep_their_features_and_lose_tags(generator):
    spoiled = add_label_noise(PHOTOS, 1.0, 4, generator)
    assert spoiled.features.equal(PHOTOS.features)
    assert not spoiled.tags.equal(TAGS)
    assert add_label_noise(PHOTOS, 0.0, 4, generator) is PHOTOS


def batch_of(which: list[int], epoch: int) -> Batch:
    rows = torch.tensor(which)
    return Batch(rows, PHOTOS.features[rows], TAGS[rows], epoch)


def test_negatives_of_an_epoch_stay_until_the_next(generator):
    negatives = NegativesEachEpoch(TAGS, CategoricalSampler(torch.ones(4, dtype=torch.float64)), 50)
    first, kept = negatives(batch_of([2, 0], 1), TAGS[[2, 0]], generator)
    again, _ = negatives(batch_of([0, 2], 1), TAGS[[0, 2]], generator)
    later, _ = negatives(batch_of([0, 2], 2), TAGS[[0, 2]], generator)
    assert kept.all()
    assert again.equal(first.flip(0))
    assert not later.equal(again)
    assert set(again[0].tolist()) == {2, 3}
    assert set(again[1].tolist()) == {0, 1}


def test_the_next_photos_tags_stand_against_a_photo_but_not_its_own(generator):
    batch, positives = batch_of([0, 1, 3], 1), torch.tensor([[0, 1], [1, 1], [0, 0]])
    drawn, kept = NextPhotoNegatives("photo")(batch, positives, generator)
    assert drawn.tolist() == [[1, 1], [0, 0], [0, 1]]
    assert kept.tolist() == [[False, False], [True, True], [False, True]]


@pytest.mark.parametrize("keys", [{"exclude": "batch"}, {"exclude": "sampled"}])
def test_negatives_that_cannot_be_drawn_are_refused(keys):
    with pytest.raises(ValidationError, match="draw_negatives"):
        Im2Vec(model="im2vec", epochs=1, patience=1, draw_negatives="each_epoch", **keys)
