# ruff: noqa: F811
"""`phototags review`: what the tagger is least sure of is asked, and answers are kept and used."""

import io
import json
import sys

import numpy as np
import pytest

from phototags.api import Index
from phototags.cli import main
from phototags.library import unsure
from phototags.library.unsure import list_unsure
from phototags.serve.feedback import FILE, Feedback
from tests.serve.conftest import served  # noqa: F401, a fixture


@pytest.fixture
def review(served, monkeypatch, capsys):
    """Run the command with what is typed or piped in; its exit code and what it printed."""

    def run(*words, typed="", terminal=False):
        stdin = io.TextIOWrapper(io.BytesIO(typed.encode()))
        stdin.isatty = lambda: terminal
        monkeypatch.setattr(sys, "stdin", stdin)
        code = main(["review", *words, "--index", str(served.index)])
        run.out, run.err = capsys.readouterr()
        return code

    return run


def read_verdicts(served):
    return Feedback(served.index / FILE).verdicts


@pytest.mark.parametrize("at_once", [1, 4, 5000])
def test_the_order_is_that_of_a_loop_over_all_tags_and_photos(served, monkeypatch, at_once):
    monkeypatch.setattr(unsure, "AT_ONCE", at_once)
    with Index.open(served.index) as index:
        table = index.vectors.probabilities.astype(np.float32)
        loop = sorted((abs(table[t, n] - 0.5), t, n) for t in range(3) for n in range(3))
        found = list(list_unsure(index, None, {}))
        assert [abs(one.probability - 0.5) for one in found] == pytest.approx(
            [one for one, _, _ in loop], abs=1e-4)  # fmt: skip
        assert len({(one.photo, one.tag) for one in found}) == 9


def test_answers_are_kept_and_not_asked_again(review, served):
    assert review(typed="y\nn\n\nq\n", terminal=True) == 0
    assert review.out == "1 accepted, 1 refused, 0 cleared\n"
    (served.photos / "sub").mkdir()
    with Index.open(served.index) as index:
        first = list(list_unsure(index, None, {}))
    judged = read_verdicts(served)
    assert judged[first[0].photo][first[0].tag] is True
    assert judged[first[1].photo][first[1].tag] is False
    assert review("--list", "--json") == 0
    listed = review.out
    asked = [(one["photo"], one["tag"]) for one in json.loads(listed)["tags"]]
    assert asked == [(one.photo, one.tag) for one in first[2:]]
    assert review(str(served.photos / "sub"), "--list") == 1 and review.out == ""
    assert review("--list", "--top", "1") == 0
    tag, path = asked[0][1], json.loads(listed)["tags"][0]["path"]
    assert review.out.split(maxsplit=2)[1:] == [tag, f"{path}\n"]


def test_verdicts_are_given_by_options_or_lines(review, served):
    rose, sky = (str(served.photos / name) for name in ("rose.png", "sky.png"))
    assert review("--accept", "red", rose, "--refuse", "Blue", rose, "--json") == 0
    assert json.loads(review.out) == {"version": 1, "accepted": 1, "refused": 1, "cleared": 0}
    lines = f"clear\tblue\t{rose}\naccept\tblue\t{sky}\naccept\tsong\t{sky}\nrefuse\tred\t/no.jpg\n"
    assert review(typed=lines) == 1
    assert "'song' is no tag" in review.err and "/no.jpg is no indexed photo" in review.err
    expected = {served.id_of("rose.png"): {"red": True}, served.id_of("sky.png"): {"blue": True}}
    assert read_verdicts(served) == expected


@pytest.mark.parametrize("line", ["praise\tred\tx\n", "accept red\n", "accept\t" + "a" * 20_000])
def test_a_line_that_is_no_verdict_is_named(review, served, line):
    assert review(typed=line) == 2
    assert "line 1 of standard input" in review.err and read_verdicts(served) == {}
