"""A head over people's keywords: chosen, judged and calibrated on photos that it never saw."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from phototags.box.learn_keywords import (
    KeywordPhotos,
    apply_verdicts,
    choose_tags,
    find_coordinates,
    learn_keywords,
    write_learned,
)
from phototags.box.score_keywords import compare_feedback, compare_tags, measure_cut
from phototags.errors import CorpusError
from phototags.evaluation.fit_probabilities import split_users
from phototags.export.tag_photos import check_scores
from phototags.systems.tagger import load
from phototags.tags.vocabulary import read_vocabulary

PHOTOS, FEATURES = 300, 6


@pytest.fixture(scope="module")
def photos():
    """Photos of 30 days; `Sea` goes with the first feature, `dog` with the second, mostly."""
    generator = torch.Generator().manual_seed(3)
    features = torch.randn(PHOTOS, FEATURES, generator=generator)
    noise = 0.5 * torch.randn(PHOTOS, 2, generator=generator)
    has = (features[:, :2] + noise) > 0.8
    keywords = [
        [word for word, one in zip(("Sea", "dog"), row, strict=True) if one] for row in has.tolist()
    ]
    for place in range(3):
        keywords[place].append("rare")
    return KeywordPhotos(features, keywords, np.arange(PHOTOS) % 30)


@pytest.fixture(scope="module")
def learned(photos):
    return learn_keywords(photos, min_photos=10)


def test_keywords_of_enough_photos_and_two_days_are_learned_in_their_usual_spelling():
    keywords = [["Sea", "Rome"], ["sea", "Rome"], ["Sea", "Rome"], ["dog", "sky"], ["dog", "sky"]]
    groups = np.array([0, 1, 1, 2, 3])
    assert choose_tags(keywords, groups, 2) == {
        "rome": "Rome", "sea": "Sea", "dog": "dog", "sky": "sky",
    }  # fmt: skip
    assert choose_tags(keywords, np.array([0, 1, 1, 2, 2]), 2) == {"rome": "Rome", "sea": "Sea"}
    assert choose_tags([["all"], ["all", "some"], ["all", "some"]], np.arange(3), 2) == {
        "some": "some"
    }, "what every photo has says nothing"


def test_scores_are_of_photos_that_were_not_learned_from(photos, learned):
    """Each equals scikit-learn's regression on the photos of the other days."""
    inputs = torch.nn.functional.normalize(photos.features, dim=1).double().numpy()
    for rest, left_out in split_users(photos.groups):
        assert not set(photos.groups[rest]) & set(photos.groups[left_out])
        for place in range(len(learned.tags)):
            model = LogisticRegression(C=1 / learned.l2, tol=1e-10, max_iter=1000)
            model.fit(inputs[rest], learned.relevant[rest, place])
            expected = model.decision_function(inputs[left_out])
            assert learned.scores[left_out, place] == pytest.approx(expected, abs=0.02)


def test_what_is_written_is_a_tagger_with_its_calibration(photos, learned, tmp_path):
    write_learned(tmp_path, learned, "tiny")
    check_scores(load(tmp_path), FEATURES, 2, tmp_path)
    inputs = torch.nn.functional.normalize(photos.features, dim=1)
    expected = inputs @ learned.vectors.T + learned.bias
    found = load(tmp_path).scores(photos.features).detach()
    assert torch.allclose(found, expected, atol=1e-4), "else its probabilities are of other scores"
    vocabulary = read_vocabulary(tmp_path / "vocabulary.tsv")
    assert set(vocabulary.tags) == {"sea", "dog"} and learned.written["sea"] == "Sea"
    assert vocabulary.photos == learned.relevant.sum(0).tolist()
    means = learned.calibration.probabilities(learned.scores).mean(0)
    assert means == pytest.approx(learned.relevant.mean(0), abs=0.03)


def test_few_photos_are_fitted_in_their_span_with_the_same_result():
    """The optimum in 40 dimensions, found by scikit-learn, has no part outside of 12 photos'."""
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(12, 40, generator=generator)
    coordinates, basis = find_coordinates(features)
    assert coordinates.shape == (12, 12) and basis.shape == (40, 12)
    assert torch.allclose(coordinates @ basis.T, features, atol=1e-5)
    has = np.arange(12) % 2
    whole, small = (LogisticRegression(C=1, tol=1e-10).fit(of.numpy(), has)
                    for of in (features, coordinates))  # fmt: skip
    assert basis.numpy() @ small.coef_[0] == pytest.approx(whole.coef_[0], abs=1e-4)


def test_the_comparison_is_the_average_precision_of_both(learned):
    other = np.linspace(0, 1, PHOTOS)
    rows = {row["tag"]: row for row in compare_tags(learned, {"dog": other})}
    for tag, row in rows.items():
        place = learned.tags.index(tag)
        relevant = learned.relevant[:, place]
        assert row["chance"] == relevant.mean()
        expected = average_precision_score(relevant, learned.scores[:, place])
        assert row["learned"] == pytest.approx(expected) and expected > 2 * relevant.mean()
    assert rows["sea"]["other"] is None
    dog = learned.relevant[:, learned.tags.index("dog")]
    assert rows["dog"]["other"] == pytest.approx(average_precision_score(dog, other))


def test_the_cut_for_a_precision_has_about_that_precision(learned):
    cut, precision, recall = measure_cut(learned, 0.5)
    given = learned.calibration.probabilities(learned.scores) >= cut
    assert precision == (given & learned.relevant).sum() / given.sum()
    assert recall == (given & learned.relevant).sum() / learned.relevant.sum()
    assert precision == pytest.approx(0.5, abs=0.08)


def test_accepted_tags_are_keywords_and_refused_ones_are_none():
    photos = KeywordPhotos(
        torch.zeros(3, 2), [["Sea", "dog"], ["dog"], []], np.arange(3),
        [{"sea": False, "Sky": True}, {"dog": True}, {"sea": True, "dog": False}],
    )  # fmt: skip
    assert apply_verdicts(photos) == [["dog", "Sky"], ["dog"], ["sea"]]
    assert apply_verdicts(photos._replace(verdicts=())) == [["Sea", "dog"], ["dog"], []]


def test_a_photo_without_keywords_teaches_what_was_judged_of_it_and_nothing_else(photos):
    """Equals scikit-learn's regression with these pairs as further photos of the one tag."""
    judged = [{"sea": one > 0} for one in photos.features[:100, 0].tolist()]
    keywords = [[] for _ in judged] + list(photos.keywords[100:])
    mixed = photos._replace(keywords=keywords, verdicts=[*judged, *[{}] * (PHOTOS - 100)])
    whole = list(range(100, PHOTOS))
    learned = learn_keywords(mixed, min_photos=10)
    assert len(learned.relevant) == len(whole) == len(mixed.forget_verdicts().keywords)
    inputs = torch.nn.functional.normalize(photos.features, dim=1).double().numpy()
    for tag, extra in (("sea", range(100)), ("dog", ())):
        rows = [*whole, *extra]
        has = ["sea" in judged[row] and judged[row]["sea"] if row < 100 else
               tag in [word.lower() for word in keywords[row]] for row in rows]  # fmt: skip
        model = LogisticRegression(C=1 / learned.l2, tol=1e-10, max_iter=1000)
        model.fit(inputs[rows], has)
        place = learned.tags.index(tag)
        assert learned.vectors[place].numpy() == pytest.approx(model.coef_[0], abs=0.03)


def test_what_feedback_was_worth_is_measured_on_the_same_photos(photos):
    """A third of the photos with the sea lack the keyword; a person accepts it on half of these."""
    lost = [place for place, words in enumerate(photos.keywords) if "Sea" in words][::3]
    keywords = [list(words) for words in photos.keywords]
    verdicts = [{} for _ in keywords]
    for number, place in enumerate(lost):
        keywords[place] = [word for word in keywords[place] if word != "Sea"] or ["none"]
        verdicts[place] = {"sea": True} if number % 2 else {}
    judged = photos._replace(keywords=keywords, verdicts=verdicts)
    learned = learn_keywords(judged, 10)
    before = learn_keywords(judged.forget_verdicts(), 10)
    shared, new, old = compare_feedback(learned, before)
    places = [learned.tags.index(tag) for tag in before.tags]
    for result, found in ((learned, new), (before, old)):
        of = [average_precision_score(learned.relevant[:, place], result.scores[:, column])
              for place, column in zip(places, [result.tags.index(t) for t in before.tags],
                                       strict=True)]  # fmt: skip
        assert found == pytest.approx(np.mean(of))
    assert shared == len(before.tags) and new > old


@pytest.mark.parametrize("groups", [np.zeros(PHOTOS, int), None], ids=["one day", "rare"])
def test_too_few_photos_or_days_are_refused_with_what_to_do(photos, groups):
    if groups is None:
        photos = photos._replace(keywords=[["rare"]] * 3 + [[]] * (PHOTOS - 3))
    else:
        photos = photos._replace(groups=groups)
    with pytest.raises(CorpusError, match="lower --min-photos"):
        learn_keywords(photos, min_photos=10)
