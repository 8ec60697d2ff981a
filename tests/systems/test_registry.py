"""The registry finds every system, and knowing its settings costs neither torch nor numpy."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml

from phototags.systems.registry import AnySystem, find_systems, parse_system
from phototags.workflow.code_hash import list_code
from tests.presets import merge_presets

ROOT = Path(__file__).parents[2]
MODELS = {get_args(one.model_fields["model"].annotation)[0]: one for one in find_systems()}


def test_each_module_of_systems_holds_one_system():
    modules = {path.stem for path in (ROOT / "phototags/systems").glob("[!_]*.py")}
    found = [one.__module__.rpartition(".")[2] for one in find_systems()]
    assert sorted(found) == sorted(modules - {"registry", "tagger"})
    assert set(get_args(get_args(AnySystem)[0])) == set(MODELS.values())


def test_a_modules_name_is_that_of_its_model():
    names = {model: one.__module__.rpartition(".")[2] for model, one in MODELS.items()}
    assert names.pop("neighbours") == "knn"
    assert all(module == model.replace("-", "_") for model, module in names.items())


def test_importing_settings_imports_no_library_that_computes():
    said = (
        "import sys, phototags.systems.registry, phototags.workflow.plan\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"torch", "numpy", "pandas", "scipy", "sklearn"} & set(done.stdout.split())


def test_the_code_of_every_system_is_code_of_the_scripts_that_train():
    found = list_code("scripts/train_tagger.py", ROOT)
    assert {f"{one.__module__.replace('.', '/')}.py" for one in find_systems()} <= set(found)


def test_systems_that_no_seed_changes_say_so():
    still = {model for model, one in MODELS.items() if not one.seeded}
    assert {"frequency", "neighbours", "kernel-ridge"} <= still
    assert "random" not in still


@pytest.mark.parametrize("preset", sorted((ROOT / "presets").glob("*.yaml")), ids=lambda p: p.stem)
def test_each_system_of_a_preset_is_found_by_its_model(preset):
    systems = (yaml.safe_load(preset.read_text()).get("train") or {}).get("systems") or {}
    for settings in systems.values():
        if "model" in settings:  # else it changes a system of params.yaml
            assert type(parse_system(settings)) is MODELS[settings["model"]]


def test_no_system_takes_roots_of_features_that_are_signed_roots():
    """`root` clamps negative features, half of those of a backbone with `:layers`."""
    presets = [path for path in (ROOT / "presets").glob("*.yaml") if ":layers" in path.read_text()]
    assert "best" in [path.stem for path in presets]
    for preset in presets:
        systems = merge_presets([ROOT / "params.yaml", preset]).train.systems
        roots = [name for name, one in systems.items() if getattr(one, "scaling", "") == "root"]
        assert roots == [], preset
