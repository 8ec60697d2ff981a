"""Files appear whole or not at all."""

import errno
import os
import resource
import signal
import subprocess
import sys

import pandas as pd
import polars as pl
import pytest
import torch
from safetensors.torch import save_file

from phototags.errors import PhototagsError
from phototags.io.storage import (
    DISK_FULL,
    atomic_write,
    is_disk_full,
    read_tensors,
    write_json,
    write_tensors,
)

WRITERS = {
    "text": lambda path: path.write_text("a" * 100_000),
    "pandas csv": lambda path: pd.DataFrame({"a": range(100_000)}).to_csv(path),
    "pandas parquet": lambda path: pd.DataFrame({"a": range(100_000)}).to_parquet(path),
    "polars parquet": lambda path: pl.DataFrame({"a": range(100_000)}).write_parquet(path),
    "safetensors": lambda path: save_file({"a": torch.rand(100_000)}, path),
}


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_name_when_it_is_complete(tmp_path):
    with atomic_write(tmp_path / "new" / "a.txt") as part:
        part.write_text("all of it")
        assert part.suffix == ".txt"
        assert files(tmp_path / "new") == [part.parent.name]
    assert files(tmp_path / "new") == ["a.txt"]
    assert (tmp_path / "new/a.txt").read_text() == "all of it"


def test_a_failure_keeps_what_was_there(tmp_path):
    (tmp_path / "a.txt").write_text("before")
    with pytest.raises(ZeroDivisionError), atomic_write(tmp_path / "a.txt") as part:
        part.write_text("half")
        _ = 1 / 0
    assert files(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "before"


@pytest.fixture
def small_disk():
    """No file may grow beyond 4 kB, the nearest that a test can come to a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
def test_a_full_disk_is_named_and_leaves_nothing(tmp_path, small_disk, write):
    with (
        pytest.raises(PhototagsError, match=r"no room to write .*table.*run again"),
        atomic_write(tmp_path / "table") as part,
    ):
        write(part)
    assert not (tmp_path / "table").exists()
    assert [name for name in files(tmp_path) if name.endswith(".part")] == []


def test_other_failures_are_no_full_disk():
    assert not is_disk_full(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    assert not is_disk_full(ValueError("no space between the words"))
    assert all(is_disk_full(OSError(number, os.strerror(number))) for number in DISK_FULL)


def test_what_a_kill_leaves_has_no_files_name_and_goes_with_the_next_write(tmp_path):
    code = (
        "import os, signal, sys; from phototags.io.storage import atomic_write\n"
        "with atomic_write(sys.argv[1]) as part:\n"
        "    part.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = [subprocess.run([sys.executable, "-c", code, tmp_path / name]) for name in "ab"]
    assert [one.returncode for one in killed] == [-signal.SIGKILL] * 2
    assert not (tmp_path / "a").exists() and len(files(tmp_path)) == 2
    with atomic_write(tmp_path / "a") as part:
        part.write_text("all of it")
    assert len(files(tmp_path)) == 2 and files(tmp_path)[1] == "a"  # b's writer left the other


def test_equal_content_is_equal_bytes(tmp_path):
    write_json(tmp_path / "1.json", {"b": 1, "a": "ü"})
    write_json(tmp_path / "2.json", {"a": "ü", "b": 1})
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()
    one, two = torch.arange(3.0), torch.eye(2)
    write_tensors(tmp_path / "1", {"one": one, "two": two}, {"x": 1, "y": 2})
    write_tensors(tmp_path / "2", {"two": two, "one": one}, {"y": 2, "x": 1})
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    tensors, about = read_tensors(tmp_path / "1")
    assert about == {"x": 1, "y": 2}
    assert torch.equal(tensors["two"], two)


def test_a_file_that_is_no_safetensors_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"\x80\x04pickled")
    with pytest.raises(PhototagsError, match="should be a safetensors file"):
        read_tensors(tmp_path / "a")


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_file_has_the_mode_that_the_umask_gives(tmp_path, umask):
    before = os.umask(umask)
    try:
        write_tensors(tmp_path / "a.safetensors", {"a": torch.zeros(1)})
    finally:
        os.umask(before)
    assert (tmp_path / "a.safetensors").stat().st_mode & 0o777 == 0o666 & ~umask
