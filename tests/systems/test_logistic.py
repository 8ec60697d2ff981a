"""Logistic regression is scikit-learn's, and its penalty is the best one on validation photos."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from phototags.systems.logistic import Logistic
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import load, save
from phototags.training.train import train

TAGS = 3


def photos(number: int, seed: int) -> TaggedPhotos:
    """Tag t is likelier where feature t is large; tag 0 is on most photos."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.rand(number, 5, generator=generator)
    chance = torch.rand(number, generator=generator)
    tags = torch.stack(
        [torch.zeros(number), torch.where(chance < features[:, 1], 1, 2)], dim=1
    ).long()
    tags[chance > 0.8, 0] = -1
    return TaggedPhotos(
        [str(row) for row in range(number)], features, tags.sort(1, descending=True).values
    )


def expected(train: TaggedPhotos, l2: float) -> list[LogisticRegression]:
    """One regression a tag; C weights the sum over photos, l2 stands beside their mean."""
    return [
        LogisticRegression(C=1 / (l2 * len(train)), tol=1e-10, max_iter=5000).fit(
            train.features.numpy(), relevant
        )
        for relevant in train.relevant(TAGS).T.numpy()
    ]


@pytest.mark.parametrize("l2", Logistic(model="logistic").l2)
def test_scores_are_those_of_scikit_learn_for_every_default_penalty(l2):
    known = photos(200, seed=0)
    system = Logistic(model="logistic", scaling="none", l2=[l2])
    tagger, _ = train(system, known, photos(50, seed=1), torch.zeros(TAGS, 1), 0)
    found = tagger.scores(known.features)
    for tag, regression in enumerate(expected(known, l2)):
        logits = regression.decision_function(known.features.numpy())
        np.testing.assert_allclose(found[:, tag], logits, atol=2e-3)


def test_the_penalty_with_the_least_validation_loss_is_chosen():
    known, held, grid = photos(40, seed=2), photos(300, seed=3), [3.0, 0.1, 0.001]
    truth = held.relevant(TAGS).T.numpy()
    losses = [
        sum(
            log_loss(true, one.predict_proba(held.features.numpy())[:, 1])
            for true, one in zip(truth, expected(known, l2), strict=True)
        )
        for l2 in grid
    ]
    best = grid[int(np.argmin(losses))]
    for l2, same in ((grid, True), ([best], True), ([x for x in grid if x != best], False)):
        system = Logistic(model="logistic", scaling="none", l2=l2)
        tagger, _ = train(system, known, held, torch.zeros(TAGS, 1), 0)
        logits = expected(known, best)[1].decision_function(held.features.numpy())
        assert np.allclose(tagger.scores(held.features)[:, 1], logits, atol=2e-3) == same


def test_every_seed_gives_the_same_bytes_and_a_written_tagger_scores_as_before(tmp_path):
    known, system = photos(60, seed=4), Logistic(model="logistic", l2=[0.1])
    taggers = [train(system, known, known, torch.zeros(TAGS, 1), seed)[0] for seed in (0, 1)]
    for folder, tagger in zip("ab", taggers, strict=True):
        save(tagger, {"system": system.model_dump(), "features": 5}, tmp_path / folder)
    files = [(tmp_path / folder / "model.safetensors").read_bytes() for folder in "ab"]
    assert files[0] == files[1]
    assert load(tmp_path / "a").scores(known.features).equal(taggers[0].scores(known.features))


def test_without_validation_photos_the_first_penalty_is_taken():
    known = photos(60, seed=5)
    nothing = TaggedPhotos([], torch.zeros(0, 5), torch.zeros(0, 1, dtype=torch.int64))
    first, alone = (
        train(Logistic(model="logistic", l2=l2), known, nothing, torch.zeros(TAGS, 1), 0)[0]
        for l2 in ([1.0, 0.01], [1.0])
    )
    assert first.scores(known.features).equal(alone.scores(known.features))
