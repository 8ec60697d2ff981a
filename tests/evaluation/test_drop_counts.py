"""What was dropped is counted once, whoever lists it."""

import pytest

from phototags.evaluation.metrics.run_tables import count_drops

HEAD = "step\tphoto_id\treason\tdetail\n"


@pytest.fixture
def listed(tmp_path):
    def write(path, *lines):
        path = tmp_path / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD + "".join("\t".join(line) + "\n" for line in lines))
        return path

    return write


def test_drops_are_counted_by_corpus_step_and_reason(listed):
    files = [
        listed("corpora/shapes/drops.tsv", ("pack_photos", "a", "truncated", ""),
               ("pack_photos", "b", "truncated", "")),
        listed("features/net/shapes/00000.drops.tsv", ("embed_photos", "c", "truncated", "")),
        listed("corpora/stamps/drops.tsv"),
    ]  # fmt: skip
    assert count_drops(files).values.tolist() == [
        ["shapes", "embed_photos", "truncated", 1],
        ["shapes", "pack_photos", "truncated", 2],
    ]


def test_a_photo_that_every_seed_leaves_out_counts_once(listed):
    line = ("score_tagger shapes/exact", "a", "no_known_word", "sea")
    files = [listed(f"run/shapes/im2vec/seed{n}/scores_stamps.drops.tsv", line) for n in (0, 1)]
    assert count_drops(files).values.tolist() == [["stamps", line[0], "no_known_word", 1]]


def test_words_that_were_not_reached_are_counted_as_words(listed):
    lines = [("score_tagger shapes/exact", "", "unreached_word", word) for word in ("sea", "sun")]
    table = count_drops([listed("seed0/scores_stamps.drops.tsv", *lines)])
    assert table["photos"].to_list() == [2]


def test_a_run_that_drops_nothing_has_an_empty_table(listed):
    table = count_drops([listed("corpora/shapes/drops.tsv")])
    assert table.empty and list(table.columns) == ["corpus", "step", "reason", "photos"]


def test_a_quoted_detail_is_one_cell(listed):
    line = ("list_photos", "a", "bad_row", '"a ""quoted"" detail"')
    assert count_drops([listed("corpora/shapes/drops.tsv", line)])["photos"].to_list() == [1]
