"""A run that wants to know users says what is known of them."""

from pathlib import Path

import pytest
import yaml

from phototags.errors import ParamsError
from phototags.workflow.config import validate_params

ROOT = Path(__file__).parents[2]


def overlaid(params: dict, preset: dict) -> dict:
    """What Snakemake makes of several config files."""
    return params | {
        key: overlaid(params[key], value)
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


def test_the_default_run_describes_nobody(params):
    assert validate_params(params).users is None


def test_the_preset_compares_the_three_models_in_both_ways_of_training(params, preset):
    systems = validate_params(overlaid(params, preset)).train.systems.values()
    ranked = {(one.model, one.sampling) for one in systems if hasattr(one, "margin")}
    models = ("bilinear", "user-biased", "user-multiplicative")
    assert ranked >= {(model, way) for model in models for way in ("natural", "balanced")}


def test_a_system_that_wants_users_where_nobody_is_described_is_refused_by_name(params, preset):
    del preset["users"]
    with pytest.raises(ParamsError, match="user-biased needs the section users"):
        validate_params(overlaid(params, preset))
