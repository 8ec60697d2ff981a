"""What a run cost is added up from the jobs' own benchmark files."""

import pytest

from phototags.errors import PhototagsError
from phototags.report.tables.cost import describe_cost


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results" / "small"
    folder.mkdir(parents=True)
    (folder / "scores.csv").write_text("train,test,value\nclips,clips,1\nclips,stamps,2\n")
    return folder


def test_minutes_of_this_run_add_up_and_the_largest_job_is_named(tmp_path, results):
    for path, seconds, memory in (
        ("train_tagger/small/clips/0.tsv", 90, 2048),
        ("embed_photos/stamps/backbone/00000.tsv", 120, 1024),
        ("clean_tags/clips.tsv", 30, 100),
        ("train_tagger/another/clips/0.tsv", 6000, 9000),
        ("clean_tags/flickr.tsv", 6000, 9000),
    ):
        file = tmp_path / "benchmarks" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"max_rss\tcpu_time\n{memory}\t{seconds}\n")
    said = describe_cost(tmp_path / "benchmarks", results)
    assert "3 jobs that took 4 minutes of one core" in said
    assert "the largest (train_tagger) held 2.0 GB" in said


def test_without_benchmarks_it_says_what_to_run(tmp_path, results):
    with pytest.raises(PhototagsError, match="make results"):
        describe_cost(tmp_path / "benchmarks", results)
