"""Figures show every system, and the same numbers give the same bytes."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from phototags.evaluation.metrics.summary import COLUMNS
from phototags.evaluation.score_probabilities import RELIABILITY, tabulate_reliability
from phototags.report.figures.examples import COLUMNS as SHEET_COLUMNS
from phototags.report.figures.examples import Example, load_font, plot_examples, truncate
from phototags.report.figures.loss_curves import plot_losses
from phototags.report.figures.reliability import plot_reliability
from phototags.report.figures.score_panels import draw_panel, plot_scores
from phototags.report.figures.style import BASELINE_COLOURS, system_colours

SYSTEMS = ["frequency", "neighbours", "im2vec"]


def scores():
    rows = [
        (train, test, system, seed, "exact", metric, k, 0.1 * (place + 1), 0.05, 0.5, 90, 12)
        for train, test in (("a", "a"), ("a", "b"))
        for place, system in enumerate(SYSTEMS)
        for seed in ("0", "1", "mean")
        for metric, k in (("precision", 1), ("recall", 5), ("map", 0))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def losses():
    rows = [
        ("a", "im2vec", seed, epoch, 1 / (epoch + 1), 0.1 * epoch)
        for seed in (0, 1)
        for epoch in range(4)
    ] + [("a", "neighbours", 0, 0, np.nan, 0.2)]
    return pd.DataFrame(
        rows, columns=["train", "system", "seed", "epoch", "loss", "validation_map"]
    )


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_numbers_give_the_same_bytes(tmp_path, kind):
    for name in ("one", "two"):
        plot_scores(scores(), tmp_path / f"{name}.{kind}")
        plot_losses(losses(), tmp_path / f"{name}.losses.{kind}")
    for figure in (kind, f"losses.{kind}"):
        content = (tmp_path / f"one.{figure}").read_bytes()
        assert content == (tmp_path / f"two.{figure}").read_bytes() and len(content) > 1000


def test_the_legend_names_the_systems_of_every_corpus_once(tmp_path):
    other = losses().query("system == 'im2vec'").assign(train="b")
    plot_losses(pd.concat([losses(), other, other.assign(system="khot")]), tmp_path / "losses.svg")
    text = (tmp_path / "losses.svg").read_text()
    assert text.count("<!-- im2vec -->") == text.count("<!-- khot -->") == 1


def test_no_date_and_no_version_is_written(tmp_path):
    plot_scores(scores(), tmp_path / "scores.svg")
    text = (tmp_path / "scores.svg").read_text()
    assert "<dc:date>" not in text and "Matplotlib v" not in text


def test_a_panel_shows_the_mean_its_interval_and_each_seed():
    axes = Figure().subplots()
    table = scores()
    draw_panel(
        axes, table[(table["test"] == "b") & (table["metric"] == "map")], system_colours(SYSTEMS)
    )
    assert [label.get_text() for label in axes.get_yticklabels()] == SYSTEMS
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [round(dot.get_xdata()[0], 6) for dot in dots] == [10, 20, 30]
    ends = [bar.get_segments()[0][:, 0].tolist() for bar in axes.collections]
    assert ends == [[5, 50]] * 3
    assert sum(line.get_marker() == "|" for line in axes.get_lines()) == 2 * 3


@pytest.fixture
def seen(monkeypatch):
    """The figures that were saved."""
    figures = []
    monkeypatch.setattr(
        "phototags.report.figures.style.Figure.savefig",
        lambda own, *a, **k: figures.append(own) or a[0].touch(),
    )
    return figures


def test_a_panel_has_the_systems_that_were_scored_there(tmp_path, seen):
    table = scores()
    plot_scores(table[(table["test"] == "a") | (table["system"] != SYSTEMS[1])], tmp_path / "s.svg")
    first, second = seen[0].axes[0], seen[0].axes[3]
    assert [label.get_text() for label in first.get_yticklabels()] == SYSTEMS
    assert [label.get_text() for label in second.get_yticklabels()] == [SYSTEMS[0], SYSTEMS[2]]
    dots = [[one.get_color() for one in axes.get_lines() if one.get_marker() == "o"]
            for axes in (first, second)]  # fmt: skip
    assert dots[1] == [dots[0][0], dots[0][2]]


def test_nothing_is_drawn_beyond_the_end_of_its_panel(tmp_path, seen):
    table = scores()
    table.loc[table["test"] == "b", ["value", "high"]] += 0.45  # the second row reaches farther
    plot_scores(table, tmp_path / "scores.png")
    for axes in seen[0].axes:
        drawn = [value for line in axes.get_lines() for value in line.get_xdata()]
        ends = [value for bar in axes.collections for value in bar.get_segments()[0][:, 0]]
        assert max(drawn + ends) < axes.get_xlim()[1]


def test_a_run_of_baselines_only_still_gives_both_figures(tmp_path):
    only = losses()[lambda table: table["loss"].isna()]
    plot_losses(only, tmp_path / "losses.svg")
    plot_losses(only.iloc[:0], tmp_path / "none.svg")
    assert (tmp_path / "losses.svg").stat().st_size > 1000
    assert (tmp_path / "none.svg").stat().st_size > 1000


def test_a_system_keeps_its_colour_when_baselines_are_added():
    assert (
        system_colours(["im2vec", "multihot"]).items()
        <= system_colours([*BASELINE_COLOURS, "im2vec", "multihot"]).items()
    )


def test_more_systems_than_colours_still_get_one():
    assert len(system_colours([f"system{number}" for number in range(20)])) == 20


def example(tags=(("sea", True), ("$x_1^{$", False))):
    return Example(Image.new("RGB", (50, 20), "navy"), tuple(tags), ("sea",), "Ann", "CC0")


def test_the_contact_sheet_is_a_png_of_whole_rows(tmp_path):
    sizes = []
    for count in (1, SHEET_COLUMNS, SHEET_COLUMNS + 1):
        plot_examples([example()] * count, tmp_path / "sheet.png")
        sizes.append(Image.open(tmp_path / "sheet.png").size)
    assert sizes[0] == sizes[1] and sizes[2][1] > sizes[1][1]


def test_the_contact_sheet_is_the_same_twice_and_hits_change_it(tmp_path):
    contents = []
    for tags in ([("sea", True)], [("sea", True)], [("sea", False)]):
        plot_examples([example(tags)], tmp_path / "sheet.png")
        contents.append((tmp_path / "sheet.png").read_bytes())
    assert contents[0] == contents[1] != contents[2]


def test_a_tag_longer_than_its_card_is_cut():
    words = truncate("a tag that never ends " * 9, load_font(23), 300)
    assert words.endswith("…") and load_font(23).getlength(words) <= 300
    assert truncate("sea", load_font(23), 300) == "sea"


def test_a_sheet_with_endless_tags_is_drawn(tmp_path):
    plot_examples([example([("long " * 40, True)] * 5)], tmp_path / "sheet.png")
    assert Image.open(io.BytesIO((tmp_path / "sheet.png").read_bytes())).format == "PNG"


def test_reliability_is_drawn_as_equal_bytes_and_without_bins_too(tmp_path):
    probabilities = np.linspace(0, 1, 20).reshape(2, 10)
    measured = [tabulate_reliability(probabilities, probabilities > 0.5, c) for c in (False, True)]
    for name in ("one.svg", "two.svg"):
        plot_reliability(pd.concat(measured), tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    plot_reliability(pd.DataFrame(columns=RELIABILITY), tmp_path / "none.svg")
    assert (tmp_path / "none.svg").stat().st_size < (tmp_path / "one.svg").stat().st_size
