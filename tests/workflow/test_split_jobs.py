"""Which systems and test corpora further splits have; expected values written down by hand."""

import pytest

from phototags.errors import ParamsError, PhototagsError
from phototags.params.splits import Splits
from phototags.workflow.config import validate_params
from phototags.workflow.plan import make_plan
from phototags.workflow.split_jobs import list_split_corpora, list_split_systems, list_split_tests
from tests.workflow.test_plan import ROOT, TWO, planned, yaml


def test_systems_learn_from_features_alone():
    plan = planned(("corel5k", ["corel5k"], None))
    assert list_split_systems(plan, "corel5k") == ["often", "plain"]


def test_tests_are_the_corpus_itself_and_those_that_nothing_learns_from():
    plan = planned(*TWO, ("corel5k", ["tuxpaint"], None))
    assert list_split_tests(plan, "corel5k") == ["corel5k", "flickr8k"]
    assert list_split_tests(plan, "tuxpaint") == ["flickr8k"]
    views = planned(("corel5k", ["corel5k", "corel5k-260"], None))
    assert list_split_tests(views, "corel5k") == ["corel5k"]


def test_a_corpus_without_a_system_or_a_test_has_no_splits():
    experiments = ("corel5k", ["tuxpaint"], ["often"]), ("tuxpaint", ["tuxpaint"], ["moved"])
    plan = planned(*experiments, ("openclipart", ["openclipart"], ["often"]))
    chosen = {"corpora": ["tuxpaint", "corel5k", "openclipart"], "seeds": [0, 1]}
    params = plan.params.model_copy(update={"splits": Splits.model_validate(chosen)})
    assert list_split_corpora(make_plan(params)) == ["openclipart"]


@pytest.mark.parametrize("seeds", [[3], [1, 2, 1], [-1, 2], []])
def test_splits_are_two_different_ones_at_least(seeds):
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    with pytest.raises(ParamsError, match="seeds"):
        validate_params(params | {"splits": {"corpora": ["openclipart"], "seeds": seeds}})


def test_corpora_that_are_not_named_are_left_alone():
    assert list_split_corpora(planned(("openclipart", ["openclipart"], None))) == ["openclipart"]
    assert list_split_corpora(planned(("corel5k", ["corel5k"], None))) == []


def test_null_makes_none():
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    assert list_split_corpora(make_plan(validate_params(params | {"splits": None}))) == []


def test_a_corpus_that_there_is_not_is_refused():
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["splits"]["corpora"] = ["openclipar"]
    with pytest.raises(PhototagsError, match="openclipar"):
        make_plan(validate_params(params))
