"""Relative improvements and recall of tags, against loops over photos."""

import numpy as np
import pandas as pd
import pytest

from phototags.evaluation.evaluate import evaluate
from phototags.evaluation.metrics.resamples import draw_resamples, number_users
from phototags.evaluation.users.comparison import (
    compare_systems,
    read_user_tags,
    score_per_tag,
    tags_in_vocabulary,
)
from phototags.evaluation.users.relative_improvement import (
    ALL,
    MEASURES,
    NEW,
    read_improvements,
    read_system_scores,
    relative_improvements,
)
from phototags.evaluation.word_mapping import map_own_vocabulary
from phototags.params.score import Score
from phototags.report.tables.user_tables import format_user_tags, format_users, list_tags
from phototags.tags.vocabulary import TagVocabulary

TAGS = ["sea", "sky", "art", "cat", "dog", "hat", "map"]
VOCABULARY = TagVocabulary(TAGS, [9, 8, 7, 6, 5, 4, 3], [1] * 7)
N, R = 30, 40
SYSTEMS = {
    "bilinear": {"model": "bilinear", "sampling": "natural"},
    "user-biased": {"model": "user-biased", "sampling": "natural", "descriptors": ["tags"]},
    "pictures": {"model": "user-biased", "sampling": "natural", "descriptors": ["photos"]},
    "multiplied": {"model": "user-multiplicative", "sampling": "natural", "descriptors": ["tags"]},
    "nobody": {"model": "user-multiplicative", "sampling": "natural", "descriptors": []},
    "balanced": {"model": "user-multiplicative", "sampling": "balanced", "descriptors": ["tags"]},
    "history": {"model": "user-frequency", "descriptors": ["tag_shares"]},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Photos, and for each system two seeds of scores (N, T) and the files of their evaluation."""
    random, folder = np.random.default_rng(0), tmp_path_factory.mktemp("run")
    sets = [
        sorted({TAGS[tag] for tag in random.integers(0, 7, 1 + row % 3)}) for row in range(N - 1)
    ]
    photos = pd.DataFrame({"row": range(N), "photo_id": [str(row) for row in range(N)]})
    photos["tags"] = [*sets, ["unheard of"]]
    photos["user_id"] = [f"u{row % 4}" if row % 5 else None for row in range(N)]
    settings = Score(bridges=["exact"], min_test_photos=1, resamples=R, seed=3)
    files, scores = {}, {}
    for system in SYSTEMS:
        for seed in range(2):
            drawn = random.random((N, 7)).astype(np.float32)
            found = evaluate(
                drawn, TAGS, photos, [map_own_vocabulary("c", TAGS, {})], settings, "c"
            )
            paths = [folder / f"{system}{seed}.{end}" for end in ("scores", "predictions", "tsv")]
            found.write(*paths)
            files.setdefault(system, []).append(paths)
            scores.setdefault(system, []).append(drawn)
    return photos.set_index("row"), files, scores


def scores_of(run):
    photos, files, _ = run
    return {
        system: read_system_scores(
            [one[0] for one in paths],
            paths[0][1],
            tags_in_vocabulary(photos["tags"], VOCABULARY),
        )
        for system, paths in files.items()
    }


def first_correct(scores, photos):
    return np.array(
        [TAGS[int(np.argmax(own))] in photos["tags"][row] for row, own in enumerate(scores)], float
    )[:-1]


def test_an_improvement_is_the_ratio_of_seed_means_and_its_interval_that_of_paired_resamples(
    run,
):
    photos, _, scores = run
    table = relative_improvements(SYSTEMS, scores_of(run), photos["user_id"])
    row = table.query("system == 'user-biased' and over == 'bilinear' and metric == 'precision'")
    ours, theirs = (
        np.mean([first_correct(seed, photos) for seed in scores[system]], axis=0)
        for system in ("user-biased", "bilinear")
    )
    drawn = draw_resamples(number_users(photos["user_id"][:-1]), R, 3)
    sizes = drawn.weights.sum(axis=1)
    ours, theirs = (drawn.weights @ of / sizes for of in (ours, theirs))
    ratios = drawn.replicate(ours) / drawn.replicate(theirs) - 1
    expected = [ours[0] / theirs[0] - 1, *np.percentile(ratios, [2.5, 97.5])]
    assert row[["gain", "low", "high"]].iloc[0].tolist() == pytest.approx(expected, abs=1e-5)
    assert row[["photos", "users"]].iloc[0].tolist() == [N - 1, 4 + 6]  # six photos of nobody known


def test_each_system_stands_beside_what_was_trained_in_the_same_way(run):
    table = relative_improvements(SYSTEMS, scores_of(run), run[0]["user_id"]).dropna(subset="over")
    pairs = set(zip(table["system"], table["over"], strict=True))
    assert pairs == {
        ("user-biased", "bilinear"),
        ("pictures", "bilinear"),
        ("multiplied", "bilinear"),
        ("multiplied", "user-biased"),
        ("multiplied", "nobody"),
        ("nobody", "bilinear"),
        *((name, "history") for name in ("user-biased", "pictures", "multiplied", "balanced")),
        ("history", "bilinear"),
    }
    assert len(table) == len(pairs) * len(MEASURES)


def test_precision_and_recall_of_a_tag_are_those_of_a_loop(run):
    photos, files, scores = run
    paths = [one[1] for one in files["bilinear"]]
    table = score_per_tag(
        "bilinear", paths, tags_in_vocabulary(photos["tags"], VOCABULARY), VOCABULARY
    ).set_index("tag")
    for tag, row in table.iterrows():
        have = [photo for photo in range(N - 1) if tag in photos["tags"][photo]]
        given, right = 0, 0
        for seed in scores["bilinear"]:
            for photo in range(N - 1):
                among = TAGS.index(tag) in np.argsort(-seed[photo])[:5]
                given, right = given + among, right + (among and photo in have)
        assert row["photos"] == len(have)
        assert row["recall"] == pytest.approx(right / 2 / len(have))
        assert row["precision"] == pytest.approx(right / given)


def test_the_page_shows_each_system_the_published_gains_and_the_lists(run):
    photos, files, _ = run
    table = relative_improvements(SYSTEMS, scores_of(run), photos["user_id"])
    known = tags_in_vocabulary(photos["tags"], VOCABULARY)
    tags = pd.concat(
        score_per_tag(system, [one[1] for one in paths], known, VOCABULARY)
        for system, paths in files.items()
    )
    text = format_users("c", table)
    assert all(f"| {system}" in text for system in SYSTEMS)
    assert "user-biased, published" in text and "+22.4" in text  # 9.02 / 7.37
    assert "7.37" not in text and "9.02" not in text  # never the values themselves
    assert "multiplied over user-biased" in text and "multiplied over nobody" in text
    lists = format_user_tags("c", table, tags)
    assert "most frequent" in lists and "gain most from the user" in lists
    assert "nan" not in text + lists


def test_the_tags_that_gain_are_found_by_those_who_know_a_user_alone(run, tmp_path):
    photos, files, _ = run
    known = tags_in_vocabulary(photos["tags"], VOCABULARY)
    tags = pd.concat(
        score_per_tag(system, [one[1] for one in paths], known, VOCABULARY)
        for system, paths in files.items()
    )
    for name, table in (
        ("gains", relative_improvements(SYSTEMS, scores_of(run), photos["user_id"])),
        ("tags", tags.replace({"tag": {"map": "null"}})),
    ):
        table.to_csv(tmp_path / name, index=False)  # as the rule leaves them to the figure
    table, tags = read_improvements(tmp_path / "gains"), read_user_tags(tmp_path / "tags")
    recall = tags.set_index(["tag", "system"])["recall"]
    knowing = ["user-biased", "pictures", "multiplied", "balanced"]
    best = list_tags(table, tags)["The 10 tags best predicted by those who know the user"]
    assert "null" in set(tags["tag"]) and len(best)
    for tag, value in best.items():
        assert value == pytest.approx(np.mean([recall[tag, system] for system in knowing]))


def test_of_several_baselines_the_first_counts(run):
    again = {"other bilinear": SYSTEMS["bilinear"], "other nobody": SYSTEMS["nobody"]}
    found = scores_of(run)
    found |= {"other bilinear": found["bilinear"], "other nobody": found["nobody"]}
    systems = SYSTEMS | again
    table = relative_improvements(systems, found, run[0]["user_id"])
    pairs = table.dropna(subset="over").groupby("system")["over"].unique().map(list).to_dict()
    assert pairs["multiplied"] == ["bilinear", "user-biased", "nobody", "history"]
    assert pairs["other nobody"] == ["bilinear"] and "other bilinear" not in pairs
    assert "| other nobody" in format_users("c", table)


def test_what_remains_of_a_gain_on_new_tags_stands_beside_it(run):
    photos, found = run[0]["user_id"], scores_of(run)
    every = relative_improvements(SYSTEMS, found, photos)
    swapped = found | {"multiplied": found["history"], "history": found["multiplied"]}
    new = relative_improvements(SYSTEMS, swapped, photos, NEW)
    text = format_users("c", pd.concat([every, new]))
    row = next(line for line in text.splitlines() if "multiplied over history" in line)
    gains = [
        table.query("system == 'multiplied' and over == 'history' and metric == 'precision'")[
            "gain"
        ].iloc[0]
        for table in (every, new)
    ]
    assert [f"{100 * gain:+.1f} [" in row for gain in gains] == [True, True]
    assert (1 + gains[0]) * (1 + gains[1]) == pytest.approx(1)
    assert set(every["subset"]) == {ALL} and set(new["subset"]) == {NEW}


def test_a_comparison_gives_each_system_its_own_files(run, tmp_path):
    photos, files, _ = run
    each = [seed for system in SYSTEMS for seed in files[system]]
    scores, predictions = ([paths[at] for paths in each] for at in (0, 1))
    found = compare_systems(SYSTEMS, scores, predictions, photos, VOCABULARY)
    expected = relative_improvements(SYSTEMS, scores_of(run), photos["user_id"])
    pd.testing.assert_frame_equal(found.improvements, expected)
    known = tags_in_vocabulary(photos["tags"], VOCABULARY)
    nobodys = score_per_tag("nobody", [paths[1] for paths in files["nobody"]], known, VOCABULARY)
    own = found.tags[found.tags["system"] == "nobody"]
    pd.testing.assert_frame_equal(own, nobodys)
    assert list(found.tags["system"].unique()) == list(SYSTEMS)
    found.write(tmp_path / "gains.csv", tmp_path / "tags.csv")
    pd.testing.assert_frame_equal(read_improvements(tmp_path / "gains.csv"), expected.round(6))
    assert read_user_tags(tmp_path / "tags.csv")["recall"].tolist() == pytest.approx(
        found.tags["recall"].tolist(), abs=1e-6
    )
