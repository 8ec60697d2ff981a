"""What the benchmarks claim: turns, ratios with more always better, costs, peers kept apart."""

import csv
import sys
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"
WORKER = f"""
import sys, time
sys.path.insert(0, {str(BENCHMARKS)!r})
from measuring import serve

def work(seconds):
    print("a peer that talks")
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return [seconds]

def hold(megabytes):
    return len(b"x" * (megabytes * 2**20))

def sleep(seconds):
    time.sleep(seconds)

serve({{"work": work, "hold": hold, "sleep": sleep, "fail": lambda: 1 / 0}})
"""


@pytest.fixture
def harness(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import harness

    return harness


@pytest.fixture
def measuring(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import measuring

    return measuring


@pytest.fixture
def worker(measuring, tmp_path):
    (tmp_path / "peer.py").write_text(WORKER)
    with measuring.Worker([sys.executable, tmp_path / "peer.py"]) as worker:
        yield worker


def test_who_starts_changes_with_every_pair_and_the_first_run_does_not_count(harness):
    order = []

    def side(name):
        def run():
            order.append(name)
            return float(len(order))

        return run

    pairs = harness.take_turns(side("o"), side("t"), pairs=3)
    assert "".join(order) == "ot" + "ot" + "to" + "ot"
    assert pairs == [(3, 4), (6, 5), (7, 8)]


@pytest.mark.parametrize(("better", "ratios"), [("more", (2, 1, 4)), ("less", (0.5, 0.25, 1))])
def test_more_ratio_is_better_for_us_whatever_the_unit(harness, better, ratios):
    row = harness.compare("c", "p", "1", "u", [(1, 1), (8, 2), (6, 3)], better)
    assert (row.ours, row.theirs) == (6, 2)
    assert (row.ratio, row.low, row.high) == ratios


def test_rows_are_written_whole_with_the_columns_that_the_readme_reads(
    harness, tmp_path, monkeypatch
):
    monkeypatch.setattr(harness, "RESULTS", tmp_path)
    row = harness.compare("c", "p", "1.2", "photos/s", [(10, 3)] * 5, "more")
    path = harness.write_rows("name", [row])
    with open(path, newline="") as file:
        header, line = csv.reader(file)
    assert ",".join(header) == "case,peer,peer_version,unit,ours,theirs,ratio,low,high,machine"
    assert line[:9] == ["c", "p", "1.2", "photos/s", "10", "3", "3.333", "3.333", "3.333"]
    assert "cores" in line[9]
    assert [each.name for each in tmp_path.iterdir()] == ["name.csv"]


def test_fewer_than_five_pairs_are_only_for_a_quick_look(harness, monkeypatch):
    for given, pairs in ((["--quick"], 1), (["--pairs", "2"], 5), (["--pairs", "9"], 9)):
        monkeypatch.setattr(sys, "argv", ["bench.py", *given])
        assert harness.arguments("about").pairs == pairs


def test_a_benchmark_may_take_folders(harness, monkeypatch):
    for options, expected in (([], None), (["--before", "old"], Path("old"))):
        monkeypatch.setattr(sys, "argv", ["bench.py", *options])
        args = harness.arguments("about", before=None, after=Path("new"))
        assert (args.before, args.after) == (expected, Path("new"))


def test_work_and_waiting_are_told_apart(worker):
    busy, idle = worker.ask("work", seconds=0.2), worker.ask("sleep", seconds=0.2)
    assert busy.answer == [0.2]
    assert busy.cpu_seconds > 0.15
    assert idle.seconds >= 0.2
    assert idle.cpu_seconds < 0.1


def test_memory_of_one_run_is_not_that_of_the_run_before(worker):
    big, small = worker.ask("hold", megabytes=200), worker.ask("hold", megabytes=1)
    assert big.answer == 200 * 2**20
    assert big.megabytes - small.megabytes == pytest.approx(199, abs=20)


def test_a_worker_that_dies_is_an_error_not_a_wait(worker):
    with pytest.raises(RuntimeError, match="should answer 'fail', but ended with exit code 1"):
        worker.ask("fail")


def test_a_program_is_watched_with_its_children(measuring):
    child = "x = b'x' * (100 * 2**20); import time; time.sleep(0.5)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    cost = measuring.watched([sys.executable, "-c", code])
    assert cost.megabytes > 100
    assert cost.seconds > 0.5
    with pytest.raises(Exception, match="exit status 3"):
        measuring.watched([sys.executable, "-c", "raise SystemExit(3)"])


def test_work_in_this_process_is_measured(measuring):
    cost = measuring.measured(lambda: time.sleep(0.05) or "done")
    assert cost.answer == "done"
    assert cost.seconds >= 0.05 > cost.cpu_seconds


def test_a_peer_gets_its_own_environment_made_anew_only_when_its_packages_change(
    harness, tmp_path, monkeypatch
):
    commands = []

    def run(command, check):
        commands.append([str(part) for part in command])
        (tmp_path / "venvs/peer/bin").mkdir(parents=True, exist_ok=True)

    (tmp_path / "peers").mkdir()
    requirements = tmp_path / "peers/peer.txt"
    requirements.write_text("one==1.0\n")
    monkeypatch.setattr(harness, "__file__", str(tmp_path / "harness.py"))
    monkeypatch.setattr(harness, "PEERS", tmp_path / "venvs")
    monkeypatch.setattr(harness.subprocess, "run", run)

    python = harness.peer_python("peer")
    assert python == harness.peer_python("peer") == tmp_path / "venvs/peer/bin/python"
    assert [command[:3] for command in commands] == [
        [sys.executable, "-m", "venv"],
        [str(python), "-m", "pip"],
    ]
    assert commands[1][-2:] == ["-r", str(requirements)]

    requirements.write_text("one==1.1\n")
    harness.peer_python("peer")
    assert len(commands) == 4


def test_the_version_of_a_package_is_asked_of_the_environment_that_has_it(harness):
    assert harness.version_of("pytest") == pytest.__version__


def test_what_a_peer_is_built_with_is_installed_before_it(harness, tmp_path):
    (tmp_path / "built.txt").write_text("# built with: numpy==2.4.6 setuptools\nlightfm==1.17\n")
    (tmp_path / "plain.txt").write_text("gensim==4.4.0\n")
    assert harness.built_with(tmp_path / "built.txt") == ["numpy==2.4.6", "setuptools"]
    assert harness.built_with(tmp_path / "plain.txt") == []
