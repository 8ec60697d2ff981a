"""Validation photos judge first; whoever says refit learns from them afterwards."""

import torch

from phototags.evaluation.metrics.ranking import mean_average_precision
from phototags.systems.kernel_ridge import KernelRidge
from phototags.systems.parts.kernel_regression import fit_kernel_ridge
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training.train import train

KEYS = {"gamma": 1.0, "alpha": 0.2, "top_k": 2, "f1_photos": 20, "precision_weight": 1.0}


def photos(names, length, seed):
    generator = torch.Generator().manual_seed(seed)
    tags = torch.randint(0, 4, (len(names), length), generator=generator)
    return TaggedPhotos(list(names), torch.rand(len(names), 5, generator=generator), tags)


def trained(refit):
    first, second = photos("abcdefghijkl", 3, 0), photos("mnopqr", 2, 1)
    system = KernelRidge(model="kernel-ridge", refit=refit, **KEYS)
    return first, second, *train(system, first, second, torch.zeros(4, 1), seed=0)


def test_a_tagger_fitted_again_is_the_one_learned_from_all_photos_at_once():
    first, second, tagger, _ = trained(refit=True)
    features = torch.cat([first.features, second.features])
    relevant = torch.cat([first.relevant(4), second.relevant(4)])
    assert tagger.scores(features).equal(
        fit_kernel_ridge(features, relevant, **KEYS).scores(features)
    )


def test_the_history_is_of_the_tagger_that_has_not_seen_the_validation_photos():
    first, second, _, history = trained(refit=True)
    alone = fit_kernel_ridge(first.features, first.relevant(4), **KEYS)
    expected = mean_average_precision(alone.scores(second.features), second.relevant(4))
    assert history["validation_map"].tolist() == [expected]
    assert history.equals(trained(refit=False)[3])


def test_without_refit_validation_photos_teach_nothing():
    first, _, tagger, _ = trained(refit=False)
    alone = fit_kernel_ridge(first.features, first.relevant(4), **KEYS)
    assert tagger.scores(first.features).equal(alone.scores(first.features))
