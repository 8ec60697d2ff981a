"""A former key or value of a system's settings is refused with its name of today."""

import pytest
from pydantic import ValidationError

from phototags.systems.registry import parse_system

LEARNS = {"epochs": 1, "patience": 1}


@pytest.mark.parametrize(
    ("settings", "former", "today"),
    [
        ({"model": "multihot", **LEARNS, "batch": 8}, "batch", "batch_size"),
        ({"model": "khot", **LEARNS, "average": 0.9}, "average", "ema_decay"),
        ({"model": "wdv", **LEARNS, "start": None}, "start", "initialise_from"),
        ({"model": "asl", **LEARNS, "focus_positive": 1}, "focus_positive", "gamma_positive"),
        ({"model": "im2vec", **LEARNS, "prior": 1}, "prior", "prior_weight"),
        ({"model": "fast0tag", **LEARNS, "drawn": "step"}, "drawn", "draw_negatives"),
        (
            {"model": "im2vec", **LEARNS, "draw_negatives": "epoch"},
            "draw_negatives=epoch",
            "draw_negatives=each_epoch",
        ),
        (
            {"model": "khot", **LEARNS, "batch_norm": "kept"},
            "batch_norm=kept",
            "batch_norm=frozen",
        ),
        ({"model": "bilinear", **LEARNS, "longest": 2.0}, "longest", "max_norm"),
        ({"model": "user-biased", **LEARNS, "strangers": 0.1}, "strangers", "user_dropout"),
        ({"model": "user-multiplicative", **LEARNS, "spread": 0.1}, "spread", "init_std"),
        ({"model": "kernel-ridge", "ridge": 0.1}, "ridge", "alpha"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_former_key_is_refused_with_its_name_of_today(settings, former, today):
    with pytest.raises(ValidationError, match=f"{former} is called {today} now"):
        parse_system(settings)
