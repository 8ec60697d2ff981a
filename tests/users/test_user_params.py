"""A run whose systems use users has the section users."""

from pathlib import Path

import pytest
import yaml

from phototags.errors import ParamsError
from phototags.workflow.config import validate_params

ROOT = Path(__file__).parents[2]


def overlay(params: dict, preset: dict) -> dict:
    """Merge params as Snakemake merges several config files."""
    return params | {
        key: overlay(params[key], value)
        if isinstance(value, dict) and isinstance(params.get(key), dict)
        else value
        for key, value in preset.items()
    }


@pytest.fixture
def params() -> dict:
    return yaml.safe_load((ROOT / "params.yaml").read_text())


@pytest.fixture
def preset() -> dict:
    return yaml.safe_load((ROOT / "presets/users.yaml").read_text())


def test_the_default_run_has_no_users(params):
    assert validate_params(params).users is None


def test_the_preset_compares_the_three_models_in_both_ways_of_training(params, preset):
    systems = validate_params(overlay(params, preset)).train.systems.values()
    ranked = {(one.model, one.sampling) for one in systems if hasattr(one, "margin")}
    models = ("bilinear", "user-biased", "user-multiplicative")
    assert ranked >= {(model, way) for model in models for way in ("natural", "balanced")}


def test_a_system_that_needs_users_is_refused_by_name_without_them(params, preset):
    del preset["users"]
    with pytest.raises(ParamsError, match="user-biased needs the section users"):
        validate_params(overlay(params, preset))


@pytest.mark.parametrize(
    ("former", "today"),
    [("history", "history_fraction"), ("width", "feature_dims"), ("makers", "max_camera_makes")],
)
def test_former_keys_are_refused_with_their_new_names(params, former, today):
    with pytest.raises(ParamsError, match=f"{former} is called {today} now"):
        validate_params(params | {"users": {former: 1}})
