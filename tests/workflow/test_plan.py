"""What a run makes, from small params; expected values written down by hand."""

from pathlib import Path

import pytest
import yaml

from phototags.errors import ParamsError
from phototags.workflow.config import validate_params
from phototags.workflow.plan import Plan, make_plan

ROOT = Path(__file__).parents[2]
RANKED = {"epochs": 1, "patience": 1}
SYSTEMS = {
    "often": {"model": "frequency"},
    "plain": {"model": "bilinear", **RANKED},
    "strange": {"model": "user-biased", "descriptors": [], **RANKED},
    "moved": {"model": "user-biased", "descriptors": ["photos"], **RANKED},
    "tuned": {"model": "khot", "hidden": [], "backbone": "trained", **RANKED},
}


def planned(*experiments: tuple, seeds=(0, 1), **corpora) -> Plan:
    """The default run with other experiments, (train, tests, systems) each, and SYSTEMS."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    keys = ("train", "test", "systems")
    params["experiments"] = [dict(zip(keys, one, strict=True)) for one in experiments]
    params["train"] |= {"seeds": list(seeds), "systems": SYSTEMS}
    first, _, systems = experiments[0]
    params["export"] |= {"train": first, "system": (systems or ["often"])[0], "seed": seeds[0]}
    params["users"] = {"history_fraction": 0.5}
    params["corpora"] |= corpora
    return make_plan(validate_params(params))


TWO = ("corel5k", ["corel5k", "flickr8k"], None), ("tuxpaint", ["flickr8k"], ["moved", "often"])


def test_corpora_come_once_those_learned_from_first():
    plan = planned(*TWO, ("corel5k", ["tuxpaint"], None))
    assert list(plan.corpora) == ["corel5k", "tuxpaint", "flickr8k"]
    assert plan.train_corpora == ["corel5k", "tuxpaint"]
    assert plan.corpora["tuxpaint"].photos == 796


def test_corpora_on_the_same_files_have_one_folder_of_sources():
    plan = planned(("coco-2017", ["coco-2017-captions", "nus_wide"], None))
    assert list(plan.sources) == ["coco-2017", "nus_wide", "wordnet"]
    assert plan.corpora_with_pictures("web") == ["nus_wide"]
    assert plan.corpora_with_pictures("packaged") == ["coco-2017", "coco-2017-captions"]


def test_views_share_the_pictures_of_their_corpus_which_is_listed_with_them():
    plan = planned(("corel5k-260", ["corel5k-260", "mirflickr25k_128-concepts"], ["often"]))
    assert plan.views == ["corel5k-260", "mirflickr25k_128-concepts"]
    assert plan.picture_corpora == ["corel5k", "mirflickr25k_128"]
    assert list(plan.listed_corpora) == [*plan.views, *plan.picture_corpora]
    assert plan.corpora_with_pictures("packaged") == plan.picture_corpora
    assert plan.shards("corel5k-260") == plan.shards("corel5k")
    assert (
        "photos.tsv" in plan.sources["corel5k"] and "corel_test_list.txt" in plan.sources["corel5k"]
    )
    assert plan.learned_from("corel5k") and not plan.learned_from("mirflickr25k_128")


@pytest.mark.parametrize(("size", "count"), [(796, 1), (795, 2), (398, 2), (1000, 1), (1, 796)])
def test_a_shard_is_full_before_the_next_is_begun(size, count):
    plan = planned(("tuxpaint", ["tuxpaint"], None), shard_photos=size)
    assert plan.shards("tuxpaint") == [f"{shard:05d}" for shard in range(count)]


@pytest.mark.parametrize(
    ("photos", "size", "shards"),
    [
        (3000 * 100, 100, 3000),
        (3000 * 100 + 1, 200, 1501),
        (6000 * 100, 200, 3000),
        (6000 * 100 + 1, 300, 2001),
        (99_206_564, 33_100, 2998),
    ],
)
def test_a_large_corpus_has_larger_shards_and_no_more_of_them(photos, size, shards):
    plan = planned(("yfcc100m", ["yfcc100m"], None), shard_photos=100, samples={"yfcc100m": photos})
    assert plan.shard_photos("yfcc100m") == size
    assert len(plan.shards("yfcc100m")) == shards
    assert (shards - 1) * size < photos <= shards * size


def test_a_sample_has_fewer_shards():
    plan = planned(("tuxpaint", ["tuxpaint"], None), shard_photos=100, samples={"tuxpaint": 101})
    assert plan.shards("tuxpaint") == ["00000", "00001"]


def test_a_score_is_one_tagger_of_one_seed_on_one_test():
    plan = planned(*TWO, ("tuxpaint", ["flickr8k"], ["often"]))
    on_its_own = [("corel5k", "corel5k", name, seed) for name in SYSTEMS for seed in (0, 1)]
    across = [("corel5k", "flickr8k", name, seed) for name in SYSTEMS for seed in (0, 1)]
    few = [("tuxpaint", "flickr8k", name, seed) for name in ("often", "moved") for seed in (0, 1)]
    assert plan.score_jobs == on_its_own + across + few
    expected = [("corel5k", "corel5k"), ("corel5k", "flickr8k"), ("tuxpaint", "flickr8k")]
    assert plan.train_test_pairs == expected
    assert plan.taggers == [("corel5k", name) for name in SYSTEMS] + [
        ("tuxpaint", "often"),
        ("tuxpaint", "moved"),
    ]


def test_taggers_with_the_same_tests_are_scored_by_one_rule():
    few = ("corel5k", ["tuxpaint"], ["often"])
    assert planned(*TWO, few).score_groups == [
        ("corel5k", ["corel5k", "flickr8k", "tuxpaint"], ["often"]),
        ("corel5k", ["corel5k", "flickr8k"], ["plain", "strange", "moved", "tuned"]),
        ("tuxpaint", ["flickr8k"], ["often", "moved"]),
    ]


def test_systems_are_known_by_what_they_learn_and_see():
    plan = planned(*TWO)
    assert plan.backbone_systems == ["tuned"]
    assert list(plan.compared_systems("corel5k")) == ["plain", "strange", "moved"]
    assert list(plan.compared_systems("tuxpaint")) == ["moved"]
    assert plan.user_systems("corel5k") == ["moved"]  # all users of `strange` are strangers
    assert plan.first_of_each_model("corel5k") == ["plain", "strange"]


@pytest.mark.parametrize(
    ("tests", "systems", "compared"),
    [
        (["flickr8k", "corel5k"], ["plain", "moved"], ["corel5k"]),
        (["flickr8k"], ["plain", "moved"], []),
        (["corel5k"], ["strange", "moved"], []),
        (["corel5k"], ["plain", "strange"], []),
    ],
    ids=["both on itself", "not tested on itself", "none without users", "nobody known"],
)
def test_users_are_compared_where_one_system_knows_them_and_one_does_not(tests, systems, compared):
    assert planned(("corel5k", tests, systems)).user_comparisons == compared


def test_an_unknown_corpus_is_refused_by_name():
    with pytest.raises(ParamsError, match="no corpus is called 'corel5K'; closest: corel5k"):
        planned(("corel5k", ["corel5K"], None))


def test_pictures_go_where_git_tracks_them_only_if_the_licence_lets_everybody_pass_them_on():
    tables = {"mine": {"photos": 3}, "free": {"photos": 3, "licence": "CC BY-SA 4.0"}}
    tables["paid"] = {"photos": 3, "licence": "CC BY-NC 4.0"}
    names = ("openclipart", "corel5k", "yfcc100m", *tables)
    experiments = [(name, [name], ["often"]) for name in names]
    corpora = planned(*experiments, tables=tables).corpora
    assert [name for name in names if corpora[name].publishable] == ["openclipart", "free"]
    assert "/results/*/private/\n" in (ROOT / ".gitignore").read_text()
