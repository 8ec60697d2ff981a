"""Who learns from what, and what may begin with what."""

from pathlib import Path

import pytest
import yaml

from phototags.errors import ParamsError
from phototags.workflow.config import validate_params
from phototags.workflow.experiments import Experiment, list_taggers
from tests.presets import merge_presets

ROOT = Path(__file__).parents[2]
NOISY = {"model": "khot", "hidden": [8], "epochs": 1, "patience": 1}


def begun(system: str, train: str = "openclipart", **keys) -> dict:
    return NOISY | {"initialise_from": {"train": train, "system": system}} | keys


def checked(systems: dict, learning: list[str] | None = None):
    """The default run with a corpus more, which `learning` learn from, and systems more."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["experiments"][0]["test"].append("corel5k")
    tests = params["experiments"][0]["test"]
    params["experiments"].append({"train": "corel5k", "test": tests, "systems": learning})
    params["train"]["systems"] |= {"noisy": NOISY} | systems
    return validate_params(params)


def test_each_corpus_is_learned_from_by_its_own_systems_or_by_all():
    experiments = [
        Experiment(train="a", test=["a"], systems=["two"]),
        Experiment(train="a", test=["b"], systems=["two", "one"]),
        Experiment(train="b", test=["b"]),
    ]
    expected = [("a", "two"), ("a", "one"), ("b", "one"), ("b", "two")]
    assert list_taggers(experiments, ["one", "two"]) == expected


def test_a_system_may_start_from_one_that_started_from_another():
    systems = {"clean": begun("noisy"), "cleaner": begun("clean", train="corel5k")}
    assert checked(systems).train.systems["cleaner"].initialise_from.layers == "tuned"


def test_on_the_source_itself_a_system_goes_on():
    assert (
        checked({"clean": begun("noisy")}).train.systems["clean"].initialise_from.train
        == "openclipart"
    )


@pytest.mark.parametrize(
    ("systems", "said"),
    [
        ({"a": begun("nosiy")}, "a should start from nosiy of openclipart, but the run trains"),
        ({"a": begun("noisy", train="coral")}, "a should start from noisy of coral"),
        ({"a": begun("a")}, "but a from a does"),
        ({"a": begun("b"), "b": begun("a", train="corel5k")}, "but a from b from a does"),
        ({"b": begun("a"), "a": begun("a")}, "from a from a does"),
        ({"a": begun("noisy", hidden=[9])}, r"hidden should be \[8\], but is \[9\]"),
        ({"a": begun("noisy", scaling="none")}, "scaling should be root, but is none"),
        ({"a": begun("noisy", backbone="trained")}, "backbone should be frozen, but is trained"),
        ({"a": begun("frequency")}, "layers that see a photo, but frequency has none"),
        ({"a": begun("noisy", hidden=[])}, "needs layers to copy"),
        ({"a": begun("noisy", model="bilinear")}, "initialise_from"),
    ],
    ids=lambda case: "" if isinstance(case, dict) else case,
)
def test_a_start_that_cannot_be_is_refused_by_name(systems, said):
    with pytest.raises(ParamsError, match=said):
        checked(systems)


def test_a_start_must_be_trained_on_the_corpus_that_it_names():
    with pytest.raises(ParamsError, match="noisy of corel5k, but the run trains only frequency"):
        checked({"a": begun("noisy", train="corel5k")}, learning=["a"])


def test_a_source_may_not_have_learned_from_what_its_successor_is_tested_on():
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["experiments"].append({"train": "corel5k", "test": ["flickr8k"]})
    params["train"]["systems"] |= {"noisy": NOISY, "clean": begun("noisy")}
    with pytest.raises(ParamsError, match="add flickr8k to the tests of an experiment that trains"):
        validate_params(params)
    params["experiments"][0]["test"].append("flickr8k")
    assert validate_params(params)


def test_an_experiment_with_an_unknown_system_is_refused():
    with pytest.raises(ParamsError, match="'multihto' learn from corel5k"):
        checked({}, learning=["multihto"])


def test_the_exported_tagger_learns_from_its_corpus():
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["experiments"][0]["systems"] = ["multihot"]
    params["export"]["system"] = "im2vec-joint"
    with pytest.raises(ParamsError, match=r"'im2vec-joint', but this run trains only \['multihot'"):
        validate_params(params)


def test_null_chooses_only_among_systems_that_can_be_compared_and_used_alone():
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["export"]["system"] = None
    every = validate_params(params).export_candidates
    assert every == list(params["train"]["systems"])
    knows = {"model": "user-biased", "descriptors": ["photos"], "epochs": 1, "patience": 1}
    params["users"] = {"history_fraction": 0.5}
    params["train"]["systems"]["known"] = knows
    assert validate_params(params).export_candidates == every
    params["train"]["systems"]["multihot"]["backbone"] = "trained"
    with pytest.raises(ParamsError, match="multihot trains its backbone: name a system"):
        validate_params(params)
    params["export"]["system"] = "multihot"
    assert validate_params(params).export_candidates == ["multihot"]
    params["experiments"][0]["systems"] = ["known"]
    params["export"]["system"] = None
    with pytest.raises(ParamsError, match="all know the photo's user: name a system"):
        validate_params(params)


@pytest.mark.parametrize("path", sorted((ROOT / "presets").glob("*.yaml")), ids=lambda p: p.stem)
def test_every_preset_says_what_can_be_trained(path):
    assert merge_presets([ROOT / "params.yaml", path]).run == path.stem


@pytest.mark.parametrize(
    "zero_shot, message",
    [
        ({"encoders": ["minilm"], "captions": ["flickr8k"]}, "'flickr8k'.*trains only on"),
        ({"encoders": ["glove"], "captions": ["openclipart"]}, "captions need the encoder minilm"),
        ({"encoders": []}, "encoders"),
    ],
)
def test_captions_are_learned_from_where_a_corpus_and_an_encoder_can(zero_shot, message):
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    with pytest.raises(ParamsError, match=message):
        validate_params(params | {"zero_shot": zero_shot})
    right = {"encoders": ["glove", "minilm"], "captions": ["openclipart"]}
    assert validate_params(params | {"zero_shot": right})
