"""Training curves of all taggers."""

import pandas as pd
import pytest

from phototags.evaluation.metrics.run_tables import CURVE_COLUMNS, collect_training_curves


@pytest.fixture
def history(tmp_path):
    def write(system, seed, text):
        path = tmp_path / "models" / "run" / "shapes" / system / f"seed{seed}" / "history.csv"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return path

    return write


def test_each_epoch_is_a_row_that_says_whose_it_is(history):
    path = history(
        "im2vec",
        3,
        "epoch,loss,validation_map,best,active_units\n1,0.5,0.25,False,1\n2,0.4,0.3,True,1\n",
    )
    table = collect_training_curves([path], [("shapes", "im2vec", 3)])
    assert list(table.columns) == CURVE_COLUMNS
    assert table.values.tolist() == [
        ["shapes", "im2vec", "3", 1, 0.5, 0.25, 1],
        ["shapes", "im2vec", "3", 2, 0.4, 0.3, 1],
    ]


def test_a_control_without_a_loss_keeps_its_validation_score(history):
    table = collect_training_curves(
        [history("random", 0, "epoch,loss,validation_map,best\n0,,0.1,True\n")],
        [("shapes", "random", 0)],
    )
    assert pd.isna(table["loss"][0]) and table["validation_map"][0] == 0.1


def test_histories_without_epochs_give_an_empty_table_with_its_columns(history):
    empty = history("random", 0, "epoch,loss,validation_map,best\n")
    table = collect_training_curves([empty], [("shapes", "random", 0)])
    assert table.empty and list(table.columns) == CURVE_COLUMNS


def test_one_history_stands_for_all_seeds_that_share_it(history):
    path = history("frequency", 0, "epoch,loss,validation_map,best\n0,,0.1,True\n")
    taggers = [("shapes", "frequency", seed) for seed in (0, 1)]
    table = collect_training_curves([path, path], taggers)
    assert table["seed"].tolist() == ["0", "1"] and table["validation_map"].tolist() == [0.1, 0.1]
