# ruff: noqa: F811
"""`phototags vocabulary`: choices about words, honoured by tag, search, serve and the interface."""

import json

import pytest

from phototags.api import Index, Tagger
from phototags.cli import main
from phototags.export.tag_photos import load_exported
from phototags.library.manage import read_model
from tests.serve.conftest import served  # noqa: F401, a fixture


@pytest.fixture
def told(served, monkeypatch, capsys):
    """Run a command on the tagger of colours; its exit code and JSON, or its lines."""
    monkeypatch.setenv("XDG_DATA_HOME", str(served.index.parent / "data"))
    options = ["--model", str(served.model)]

    def run(*words, json_too=True, code=0):
        place = ["--index", str(served.index)] if words[0] != "list" else []
        arguments = ["vocabulary", *words, *options, *place, *["--json"] * json_too]
        assert main(arguments) == code
        out, run.said = capsys.readouterr()
        return json.loads(out) if json_too and not code else out

    return run


def list_found(served, words):
    with Index.open(served.index) as index:
        return sorted(photo.path.rpartition("/")[2] for photo in index.search(words).photos)


def test_a_blocked_tag_is_never_said_nor_found(told, served):
    before = list_found(served, "red")
    assert told("block", "red")["blocked"] == ["red"]
    assert list_found(served, "red") == [] and before == ["plum.png", "rose.png"]
    tagger = Tagger.load(served.model)
    assert tagger.tags == ("green", "blue")
    (rose,) = tagger.tag([served.photos / "rose.png"])
    assert [tag for tag, _ in rose.tags] == ["green", "blue"]
    assert told("unblock", "red")["blocked"] == [] and list_found(served, "red") == before


def test_a_renamed_tag_is_found_by_both_words(told, served):
    answer = told("rename", "red", "Crimson")
    assert answer["words"] == [{"name": "Crimson", "tags": ["red"]}] and answer["tagged"] == 3
    assert list_found(served, "crimson") == list_found(served, "red") != []
    with Index.open(served.index) as index:
        said = {tag for photo in index.search("red").photos for tag, _ in photo.tags}
    assert said == {"Crimson", "blue"}
    told("rename", "crimson", "red")
    assert not (served.model / "words.tsv").exists(), "each tag is said as it was learned"


def test_merged_tags_are_one_with_the_highest_probability(told, served):
    exported = load_exported(served.model)
    told("merge", "red", "blue", "--name", "warm or cold")
    with Index.open(served.index) as index:
        assert index.tags == ["warm or cold", "green"]
        found = {
            photo.path.rpartition("/")[2]: photo.score for photo in index.search("blue").photos
        }
    high = exported.calibration.probabilities([[1, 0, 0]]).max()
    assert found == pytest.approx(
        dict.fromkeys(("rose.png", "sky.png", "plum.png"), high), abs=1e-3
    )


def test_a_language_file_makes_tags_and_search_speak_it(told, served, tmp_path):
    rows = "red\tde\tRot\nred\tde\trotes\nblue\tde\tBlau\nblue\tfr\tbleu\n"
    (tmp_path / "own.tsv").write_text(f"tag\tlanguage\tword\n{rows}")
    answer = told("translate", "--language", "de", str(tmp_path / "own.tsv"))
    assert [one["name"] for one in answer["words"]] == ["Rot", "Blau"]
    assert list_found(served, "rotes") == list_found(served, "red") == ["plum.png", "rose.png"]
    with served.open() as client:
        found = client.get("/search?q=blau").json()["photos"]
        assert {tag["tag"] for photo in found for tag in photo["tags"]} >= {"Blau"}
        tags = client.get("/tags").json()["tags"]
        assert {one["tag"] for one in tags} == {"Rot", "Blau"}
    assert told("translate", "--language", "en")["language"] == "en"
    assert list_found(served, "red") == ["plum.png", "rose.png"]
    told("translate", "--language", "it", code=1)
    assert "no words of the language 'it'" in told.said


def test_a_dry_run_changes_nothing(told, served):
    answer = told("block", "red", "--dry-run")
    assert answer["blocked"] == ["red"] and answer["dry_run"] and answer["tagged"] == 0
    assert not (served.model / "words.tsv").exists() and list_found(served, "red")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("block", "rde"), "closest: red"),
        (("unblock", "red"), "'red' is not blocked"),
        (("rename", "red", "blue"), "merge 'blue' 'red'"),
        (("merge", "red", "red"), "words of two names"),
        (("merge", "red", "blue", "--name", "green"), "merge that one too"),
        (("add", "red"), "is a word of this tagger already"),
        (("rename", "red", "\x1b[2J"), "without control characters"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_is_said_and_changes_nothing(told, served, words, said):
    told(*words, code=1)
    assert said in told.said and not (served.model / "words.tsv").exists()


def test_a_word_is_not_added_to_a_tagger_without_a_map(told, served):
    told("add", "rickshaw", code=2)
    assert "expected a map of words" in told.said and not (served.model / "words.tsv").exists()


def test_a_list_has_all_words_as_they_are_said(told, served):
    told("block", "green", json_too=False)
    told("rename", "red", "rose", json_too=False)
    assert told("list", json_too=False).split("\n") == [
        f"{'rose':30}  red", "blue", f"{'green':30}  (blocked)", "",
    ]  # fmt: skip
    assert told("list")["words"] == [
        {"name": "rose", "tags": ["red"]}, {"name": "blue", "tags": ["blue"]},
    ]  # fmt: skip


def test_the_choices_of_what_comes_with_phototags_are_the_users_own(tmp_path, monkeypatch):
    from phototags.commands import common

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    before = sorted(path.name for path in common.BOX.iterdir())
    assert main(["vocabulary", "block", "sky"]) == 0
    assert (tmp_path / "phototags" / "words.tsv").is_file()
    assert before == sorted(path.name for path in common.BOX.iterdir())
    assert read_model(tmp_path / "phototags" / "index") is None
