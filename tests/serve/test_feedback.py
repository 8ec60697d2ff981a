"""The file of feedback survives what happens to files."""

import json

import pytest

from phototags.errors import PhototagsError
from phototags.serve.feedback import Feedback
from phototags.serve.refusals import RefusalError


def test_a_line_that_a_crash_cut_off_costs_itself_alone(tmp_path):
    path = tmp_path / "feedback.jsonl"
    Feedback(path).add("p", "dog", True)
    path.write_bytes(path.read_bytes() + b'{"version": 1, "photo": "p", "ta')
    Feedback(path).add("p", "cat", False)
    assert Feedback(path).of_photo("p") == {"dog": True, "cat": False}


def test_a_line_says_the_photo_by_its_bytes_and_when(tmp_path):
    Feedback(tmp_path / "f").add("9f86", "dog", None)
    line = json.loads((tmp_path / "f").read_text())
    assert line.pop("at").endswith("Z")
    assert line == {"version": 1, "photo": "9f86", "tag": "dog", "accepted": None}


def test_lines_of_a_later_version_stop_the_service(tmp_path):
    path = tmp_path / "f"
    path.write_text('{"version": 2, "photo": "p", "tag": "dog", "accepted": true}\n')
    with pytest.raises(PhototagsError, match="version 2"):
        Feedback(path)


def test_the_file_has_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr("phototags.serve.feedback.MAX_BYTES", 150)
    feedback = Feedback(tmp_path / "f")
    feedback.add("p", "dog", True)
    with pytest.raises(RefusalError, match="150 bytes"):
        feedback.add("p", "cat", True)
    assert feedback.of_photo("p") == {"dog": True}
