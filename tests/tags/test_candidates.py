import polars as pl
import pytest

from phototags.errors import VocabularyError
from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import list_candidates, select_vocabulary
from phototags.tags.merging import find_merges, replace_tags
from phototags.tags.vocabulary import write_tsv

ANY = Vocabulary(min_users=1, min_photos=1, max_tags=None)


def tagged(*rows, **columns):
    return pl.DataFrame(
        {
            "row": list(range(len(rows))),
            "user_id": [user for user, _ in rows],
            "tags": [tags for _, tags in rows],
        }
        | columns,
        schema_overrides={"user_id": pl.String, "tags": pl.List(pl.String)},
    )


@pytest.fixture
def list_table(encode):
    """From a table of photos, settings, WordNet and looks to the table of candidates."""

    def list_tags(tags, settings=ANY, wordnet=None, score_visualness=None):
        photos = encode(tags)
        return list_candidates(
            photos, find_merges(photos, settings, wordnet), settings, wordnet, score_visualness
        )

    return list_tags


@pytest.fixture
def reasons(list_table):
    def found(tags, wordnet=None, **keys):
        table = list_table(tags, ANY.model_copy(update=keys), wordnet)
        return dict(table.select("tag", "why").rows())

    return found


ROWS = [("a", ["sea", "sky"]), ("a", ["sea"]), ("b", ["sea", "art"]), ("c", ["sea", "sky"])]


@pytest.mark.parametrize(
    ("keys", "refused"),
    [
        ({"min_users": 2}, {"art": "min_users: fewer than 2"}),
        ({"min_photos": 2}, {"art": "min_photos: fewer than 2"}),
        ({"max_photos": 3}, {"sea": "max_photos: over 3"}),
        ({"min_effective_users": 1.5}, {"art": "min_effective_users: nearly one person's"}),
        ({"max_tags": 1}, dict.fromkeys(("art", "sky"), "max_tags: beyond the commonest 1")),
    ],
)
def test_each_rule_refuses_in_words(reasons, keys, refused):
    expected = {"art": "kept", "sea": "kept", "sky": "kept"} | refused
    assert reasons(tagged(*ROWS), **keys) == expected


def test_lists_go_before_counts_and_white_before_black(reasons, list_table, tmp_path):
    for name, text in (("white", "Art\nsky\n"), ("black", "sea\nsky\n")):
        (tmp_path / name).write_text(text)
    lists = {"whitelist": str(tmp_path / "white"), "blacklist": str(tmp_path / "black")}
    found = reasons(tagged(*ROWS), min_users=3, **lists)
    assert found == {
        "art": "kept: whitelist",
        "sky": "kept: whitelist",
        "sea": "blacklist: named there",
    }
    table = list_table(tagged(*ROWS), ANY.model_copy(update=lists))
    assert select_vocabulary(table)["tag"].to_list() == ["sky", "art"]


def test_entropy_is_over_users_and_not_over_photos(list_table):
    table = list_table(tagged(*ROWS), ANY).filter(pl.col("tag") == "sky")
    assert table.rows() == [("sky", 2, 2, 1.0, 2.0, None, "kept")]


def test_tags_that_look_like_anything_are_refused_and_only_kept_ones_are_looked_at(list_table):
    asked = []

    def looks(pairs):
        asked.append(set(pairs.rows()))
        return pl.DataFrame({"tag": ["sea", "sky"], "visualness": [0.9, 0.55]})

    settings = ANY.model_copy(update={"min_users": 2, "min_visualness": 0.6})
    table = list_table(tagged(*ROWS), settings, score_visualness=looks)
    assert table.select("tag", "visualness", "why").rows() == [
        ("sea", 0.9, "kept"),
        ("sky", 0.55, "min_visualness: under 0.6, looks like any photo"),
        ("art", None, "min_users: fewer than 2"),
    ]
    tags = [(row, user, tag) for row, (user, own) in enumerate(ROWS) for tag in own]
    assert asked == [{one for one in tags if one[2] != "art"}]
    with pytest.raises(VocabularyError, match="needs features"):
        list_table(tagged(*ROWS), settings)


def test_without_users_rules_about_users_do_not_speak(reasons):
    rows = [(None, tags) for _, tags in ROWS]
    assert set(reasons(tagged(*rows), min_users=9, min_effective_users=9).values()) == {"kept"}


def test_apps_and_cameras_are_refused_when_asked(reasons):
    rows = [(f"u{n}", ["app", "filter", "square", "sea", "d90"]) for n in range(12)]
    rows += [(f"v{n}", ["sea"]) for n in range(12)]
    tags = tagged(*rows, camera=["NIKON D90"] * 24)
    found = reasons(tags, refuse=["apps", "cameras"])
    assert found["sea"] == "kept"
    assert found["square"].startswith("apps: written together with ")
    assert reasons(tags, refuse=["cameras"])["d90"] == "cameras: names the photo's camera"
    with pytest.raises(VocabularyError, match="user and camera are known"):
        reasons(tags.drop("camera"), refuse=["cameras"])


def test_merged_tags_count_together_and_say_what_they_became(list_table, wordnet):
    rows = [("a", ["cars", "car"]), ("b", ["car"]), ("c", ["autos"]), ("d", ["cars"])]
    table = list_table(tagged(*rows), ANY.model_copy(update={"merge": ["lemma"]}), wordnet)
    found = {row["tag"]: row for row in table.iter_rows(named=True)}
    assert (found["car"]["photos"], found["car"]["users"], found["car"]["why"]) == (3, 3, "kept")
    assert found["cars"]["why"] == "lemma: became car"
    assert found["cars"]["photos"] == 2
    assert select_vocabulary(table)["tag"].to_list() == ["car", "auto"]


def test_test_photos_are_merged_as_the_training_photos_say(encode, texts, wordnet):
    training = encode(tagged(("a", ["sea view"]), ("b", ["sea view", "cars"])))
    photos = tagged(("t", ["seaview", "cars"]), ("t", ["sea view"]), ("t", ["buses"]))
    photos = encode(photos)
    for one in find_merges(
        training, ANY.model_copy(update={"merge": ["joined", "lemma"]}), wordnet
    ):
        photos = replace_tags(photos, one.replacements)
    assert texts(photos) == [["seaview", "car"], ["sea view"], ["buses"]]


def test_kinds_of_merging_build_on_each_other(reasons, wordnet):
    rows = [("a", ["trafficlights"]), ("b", ["traffic lights"]), ("c", ["traffic lights"])]
    found = reasons(tagged(*rows), wordnet, merge=["lemma", "joined"])
    assert found == {
        "traffic light": "kept",
        "traffic lights": "lemma: became traffic light",
        "trafficlights": "joined: became traffic lights",
    }


def test_aliases_come_first(list_table, tmp_path):
    (tmp_path / "aliases").write_text("sky\tsea\n")
    table = list_table(tagged(*ROWS), ANY.model_copy(update={"aliases": str(tmp_path / "aliases")}))
    assert table.select("tag", "photos", "why").rows() == [
        ("sea", 4, "kept"),
        ("sky", 2, "alias: became sea"),
        ("art", 1, "kept"),
    ]


def test_a_task_keeps_only_what_it_knows(reasons, tmp_path, wordnet):
    (tmp_path / "words").write_text("skies\n")
    found = reasons(tagged(*ROWS), wordnet, match=str(tmp_path / "words"))
    assert found["sky"] == "match: not a word of " + str(tmp_path / "words")
    (tmp_path / "words").write_text("sky\n")
    assert reasons(tagged(*ROWS), wordnet, match=str(tmp_path / "words"))["sky"] == "kept"


def test_wordnet_is_asked_for_where_it_is_needed(reasons):
    with pytest.raises(VocabularyError, match="lemma needs WordNet"):
        reasons(tagged(*ROWS), merge=["lemma"])


def test_the_same_photos_in_any_order_give_the_same_bytes(list_table, tmp_path, wordnet):
    rows = [(f"u{n % 7}", [f"tag{n % 5}", "cars" if n % 2 else "car"]) for n in range(70)]
    settings = ANY.model_copy(update={"merge": ["joined", "split", "lemma", "synset"]})
    table = tagged(*rows)
    for name, photos in (("one", table), ("two", table.sample(fraction=1, shuffle=True, seed=3))):
        write_tsv(tmp_path / name, list_table(photos, settings, wordnet))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
