"""The system to export is the one that validation prefers, the mean of its seeds."""

import pytest

from phototags.errors import ModelError
from phototags.export.choose_tagger import choose_tagger

HEADER = "epoch,loss,validation_map,best\n"


@pytest.fixture
def history(tmp_path):
    def write(name, *rows):
        path = tmp_path / f"{name}.csv"
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
        return path

    return write


def test_the_highest_mean_of_the_selected_epochs_is_chosen(history):
    lucky = [history("a0", "1,0.9,0.90,False", "2,0.8,0.50,True"), history("a1", "0,,0.10,True")]
    steady = [history("b0", "1,0.9,0.40,True"), history("b1", "1,0.9,0.30,True")]
    choice = choose_tagger([("lucky", one) for one in lucky] + [("steady", one) for one in steady])
    assert choice["system"] == "steady"
    assert [name for name, _ in choice["ranking"]] == ["steady", "lucky"]
    assert [value for _, value in choice["ranking"]] == pytest.approx([0.35, 0.30])


def test_the_first_of_equals_is_chosen_and_an_unknown_map_is_none(history):
    same = history("same", "1,0.9,0.40,True")
    unknown = history("unknown", "1,0.9,,True")
    choice = choose_tagger([("x", unknown), ("a", same), ("b", same)])
    assert choice["system"] == "a" and [name for name, _ in choice["ranking"]] == ["a", "b"]


def test_without_validation_photos_a_system_must_be_named(history):
    with pytest.raises(ModelError, match="Name one in export.system"):
        choose_tagger([("x", history("unknown", "1,0.9,,True")), ("y", history("empty"))])
