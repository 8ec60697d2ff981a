"""What a run cost is added up from the jobs' own benchmark files."""

import pytest

from phototags.errors import PhototagsError
from phototags.tables.cost import cost


def test_minutes_add_up_and_the_largest_job_is_named(tmp_path):
    for rule, seconds, memory in (("train_tagger", 90, 2048), ("embed_photos", 150, 1024)):
        (tmp_path / rule).mkdir()
        (tmp_path / rule / "one.tsv").write_text(f"max_rss\tcpu_time\n{memory}\t{seconds}\n")
    said = cost(tmp_path)
    assert "2 jobs that took 4 minutes of one core" in said
    assert "the largest (train_tagger) held 2.0 GB" in said


def test_without_benchmarks_it_says_what_to_run(tmp_path):
    with pytest.raises(PhototagsError, match="make results"):
        cost(tmp_path)
