"""What `dvc plots diff` draws of a run's training curves."""

import json
from pathlib import Path

import yaml

from phototags.evaluation.metrics.run_tables import CURVE_COLUMNS

ROOT = Path(__file__).parents[2]


def test_the_template_of_curves_uses_columns_that_they_have():
    """losses.csv holds all systems and seeds, which must not be drawn as one line."""
    stage = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["workflow"]
    ((file, drawn),) = stage["plots"][0].items()
    template = json.loads((ROOT / f".dvc/plots/{drawn['template']}.json").read_text())
    lines = template["spec"]["encoding"]["detail"]
    used = [template["facet"]["field"], drawn["x"], drawn["y"], *(one["field"] for one in lines)]
    assert file.endswith("losses.csv") and set(used) <= set(CURVE_COLUMNS)
    assert {"system", "seed", "train"} <= set(used)
    assert template["data"] == "<DVC_METRIC_DATA>"
