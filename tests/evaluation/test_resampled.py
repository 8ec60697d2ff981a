"""Metrics by matrix products equal loops over test sets whose photos are really repeated."""

import itertools

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from phototags.evaluation.metrics import resampled, score_blocks, tag_precisions
from phototags.evaluation.metrics.all_metrics import compute_metrics
from phototags.evaluation.metrics.ranking import mean_average_precision
from phototags.evaluation.metrics.resampled import (
    balanced_means,
    count_tags,
    photo_means,
    tag_means,
    top_k_tag_means,
)
from phototags.evaluation.metrics.resamples import Resamples
from phototags.evaluation.metrics.tag_precisions import mean_average_precisions
from phototags.tags.encoding import encode_tags


@pytest.fixture
def judged():
    """(25, 8) tied scores, tags (tag 2 of nobody, tag 7 never predicted) and 12 resamples."""
    generator = np.random.default_rng(3)
    scores = generator.integers(0, 5, (25, 8)).astype(np.float32)
    scores[:, 7] = -1
    relevant = generator.random((25, 8)) < 0.3
    relevant[:, 2] = False
    relevant[~relevant.any(axis=1), 0] = True
    return scores, relevant, draw_weights(25, 12, seed=5)


def draw_weights(photos, resamples, seed):
    """(1 + R, N) numbers of times that each photo occurs in a resample, of 0 to 5."""
    weights = np.random.default_rng(seed).binomial(5, 0.2, (1 + resamples, photos))
    weights[0] = 1
    return weights.astype(np.float32)


def compute_all(scores, relevant, weights):
    return compute_metrics(scores, relevant, Resamples(weights, 1.0))


def repeated(weights, *matrices):
    """The matrices of the test set in which each photo really stands as often as it counts."""
    return [np.repeat(matrix, weights.astype(int), axis=0) for matrix in matrices]


def top_five(scores):
    """(N, 8) bool, the first five tags of each photo, equal scores in the order of the columns."""
    predicted = np.zeros(scores.shape, dtype=bool)
    for photo, row in enumerate(scores.tolist()):
        predicted[photo, sorted(range(8), key=lambda tag: -row[tag])[:5]] = True
    return predicted


def slow_tag_means(predicted, relevant):
    """Per-tag metrics by counting, tag by tag."""
    precisions, recalls, f1s = [], [], []
    for tag in range(relevant.shape[1]):
        hits = given = true = 0
        for photo in range(len(relevant)):
            given += int(predicted[photo, tag])
            true += int(relevant[photo, tag])
            hits += int(predicted[photo, tag] and relevant[photo, tag])
        if true:
            precisions.append(hits / given if given else 0)
            recalls.append(hits / true)
            f1s.append(2 * hits / (given + true))
    precision, recall = np.mean(precisions), np.mean(recalls)
    return {
        "tag_precision": precision,
        "tag_recall": recall,
        "f1_of_means": 2 * precision * recall / (precision + recall),
        "mean_f1": np.mean(f1s),
        "n_plus": sum(value > 0 for value in recalls),
    }


def test_tag_means_of_every_resample_equal_a_loop_over_repeated_photos(judged):
    scores, relevant, weights = judged
    predicted = top_five(scores)
    means = tag_means(count_tags(predicted, relevant, weights))
    for resample, row in enumerate(weights):
        expected = slow_tag_means(*repeated(row, predicted, relevant))
        assert {name: values[resample] for name, values in means.items()} == pytest.approx(expected)


def test_tag_means_without_ties_are_those_of_the_first_five():
    generator = np.random.default_rng(2)
    scores, relevant = generator.random((25, 8)), generator.random((25, 8)) < 0.4
    relevant[0] = True
    weights = draw_weights(25, 3, seed=0)
    expected = tag_means(count_tags(top_five(scores), relevant, weights))
    found = top_k_tag_means(scores, relevant, weights, 5)
    assert all((found[name] == values).all() for name, values in expected.items())


@pytest.mark.parametrize("metric", ["tag_precision", "tag_recall", "mean_f1", "n_plus"])
def test_a_constant_scorer_is_expected_to_score_as_random_ones(metric):
    """Means over tags and mAP of one score for all, against the mean of 400 random scorers."""
    generator = np.random.default_rng(4)
    relevant, weights = generator.random((60, 20)) < 0.15, np.ones((1, 60), np.float32)
    relevant[~relevant.any(axis=1), 0] = True
    random = [
        top_k_tag_means(generator.random((60, 20)), relevant, weights, 5)[metric][0]
        for _ in range(400)
    ]
    constant = top_k_tag_means(np.ones((60, 20)), relevant, weights, 5)[metric][0]
    error = np.std(random) * np.sqrt(1 / 400 + 1 / resampled.TIE_DRAWS)
    assert constant == pytest.approx(np.mean(random), abs=4 * error)


def test_ties_are_broken_the_same_way_whenever_they_are_scored(judged):
    once, again = (top_k_tag_means(*judged, 5) for _ in range(2))
    assert all(once[name].tobytes() == again[name].tobytes() for name in once)


def test_map_of_every_resample_equals_that_of_repeated_photos(judged):
    scores, relevant, weights = judged
    expected = [mean_average_precision(*repeated(row, scores, relevant)) for row in weights]
    assert mean_average_precisions(scores, relevant, weights) == pytest.approx(expected)


@pytest.mark.parametrize("block", [1, 24, 100])
def test_metrics_of_blocks_of_photos_equal_those_of_all_at_once(judged, monkeypatch, block):
    """Blocks of 1, 3 and 12 photos, one resample at a time, the ties of a few tags at a time."""
    scores, relevant, weights = judged
    at_once = compute_all(scores, relevant, weights)
    monkeypatch.setattr(score_blocks, "BLOCK", block)
    monkeypatch.setattr(resampled, "WEIGHTS", 1)
    monkeypatch.setattr(tag_precisions, "COUNTS", 2 * block)
    blocks = score_blocks.ScoreBlocks(scores.shape, lambda photos: scores[photos])
    sets = encode_tags([list(map(str, np.flatnonzero(row))) for row in relevant], list("01234567"))
    for whole, part in zip(at_once, compute_all(blocks, sets, weights), strict=True):
        assert (part.metric, part.k) == (whole.metric, whole.k)
        assert part.value == pytest.approx(whole.value, abs=1e-12)
        assert part.replicates == pytest.approx(whole.replicates, abs=1e-12)


def test_the_precisions_of_a_tag_are_those_of_a_loop_over_all_orders_of_ties():
    """Tag 0: scores 2 2 2 1, true at photos 0, 2, 3, in six orders; tag 1 has no photo."""
    scores = np.array([[2, 9], [2, 9], [2, 9], [1, 9]], np.float32)
    relevant = np.array([[True, False], [False, False], [True, False], [True, False]])
    sums = []
    for order in itertools.permutations([0, 1, 2]):
        hits, total = 0, 0.0
        for place, photo in enumerate([*order, 3], start=1):
            hits += relevant[photo, 0]
            total += hits / place if relevant[photo, 0] else 0
        sums.append(total)
    found = list(tag_precisions.tag_precisions(scores, relevant, np.ones((1, 4), np.float32)))
    assert [(tag, present.tolist()) for tag, _, present in found] == [(0, [3.0])]
    assert found[0][1][0] == pytest.approx(np.mean(sums), abs=1e-12)


def test_photo_means_of_every_resample_equal_means_of_repeated_photos(judged):
    values = np.random.default_rng(0).random((25, 3))
    expected = [repeated(row, values)[0].mean(axis=0) for row in judged[2]]
    assert photo_means(values, judged[2]) == pytest.approx(np.array(expected))


def test_a_balanced_test_draws_each_tag_equally_often_and_then_a_photo_of_it(judged):
    scores, relevant, weights = judged
    values = np.random.default_rng(0).random((25, 2))
    means = balanced_means(values, relevant, weights)
    for resample, row in enumerate(weights):
        own_values, own_relevant = repeated(row, values, relevant)
        by_tag = []
        for tag in range(8):
            of_tag = [own_values[at] for at in range(len(own_values)) if own_relevant[at, tag]]
            if of_tag:
                by_tag.append(sum(of_tag) / len(of_tag))
        assert means[resample] == pytest.approx(sum(by_tag) / len(by_tag))


def test_per_tag_metrics_are_those_of_scikit_learn_where_definitions_agree(judged):
    scores, relevant, weights = judged
    predicted = top_five(scores)
    used = relevant.any(axis=0)
    means = tag_means(count_tags(predicted, relevant, weights))
    for name, function in (
        ("mean_f1", f1_score),
        ("tag_precision", precision_score),
        ("tag_recall", recall_score),
    ):
        expected = function(relevant[:, used], predicted[:, used], average="macro", zero_division=0)
        assert means[name][0] == pytest.approx(expected)


def test_a_tag_that_is_never_given_has_precision_zero_and_counts():
    relevant = np.array([[True, False], [False, True]])
    predicted = np.array([[True, False], [True, False]])
    means = tag_means(count_tags(predicted, relevant, np.ones((1, 2), np.float32)))
    assert means["tag_precision"][0] == pytest.approx((0.5 + 0) / 2)
    assert means["n_plus"][0] == 1


def test_a_tag_without_a_test_photo_changes_no_mean_over_tags(judged):
    scores, relevant, weights = judged
    predicted = top_five(scores)
    without = np.delete(predicted, 2, axis=1), np.delete(relevant, 2, axis=1)
    left = tag_means(count_tags(*without, weights))
    for name, values in tag_means(count_tags(predicted, relevant, weights)).items():
        assert left[name] == pytest.approx(values)


def test_a_perfect_tagger_has_perfect_scores():
    relevant = np.eye(6, dtype=bool) | np.eye(6, k=1, dtype=bool)
    weights = np.ones((1, 6), np.float32)
    means = tag_means(count_tags(relevant, relevant, weights))
    assert means.pop("n_plus")[0] == 6
    assert {name: values[0] for name, values in means.items()} == dict.fromkeys(means, 1)
    assert mean_average_precisions(relevant.astype(float), relevant, weights)[0] == 1


def test_a_tagger_without_any_hit_has_f1_zero():
    relevant = np.array([[True, False]])
    means = tag_means(count_tags(~relevant, relevant, np.ones((1, 1), np.float32)))
    assert means["f1_of_means"][0] == means["mean_f1"][0] == means["n_plus"][0] == 0


def test_evaluate_names_every_metric_of_the_project(judged):
    names = [(measured.metric, measured.k) for measured in compute_all(*judged)]
    at = [(name, k) for name in ("precision", "recall", "accuracy") for k in (1, 5, 10)]
    balanced = [("balanced_precision", 1), ("balanced_recall", 10), ("balanced_accuracy", 10)]
    tags = ("tag_precision", "tag_recall", "f1_of_means", "mean_f1", "n_plus")
    assert names == [*at, ("miap", 0), *balanced, *((name, 5) for name in tags), ("map", 0)]


def test_evaluate_gives_the_value_of_the_test_set_and_one_replicate_a_resample(judged):
    scores, relevant, weights = judged
    last = compute_all(scores, relevant, weights)[-1]
    assert last.value == pytest.approx(mean_average_precision(scores, relevant))
    assert last.replicates.shape == (12,)


def test_evaluate_refuses_photos_without_a_tag(judged):
    scores, relevant, weights = judged
    relevant[4] = False
    with pytest.raises(ValueError, match="1 of 25 have none"):
        compute_all(scores, relevant, weights)
