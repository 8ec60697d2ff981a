"""Commands end with an exit code and without a traceback, whatever becomes of their output."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from phototags.errors import PhototagsError
from phototags.io.endings import run_command

MODULES = sorted((Path(__file__).parents[2] / "phototags").rglob("*.py"))
SCRIPT = """
import sys
from phototags.io.endings import run_command
sys.exit(run_command(lambda: print("x" * {length}) or {code}))
"""


@pytest.mark.parametrize("length", [1, 1_000_000])
@pytest.mark.parametrize(
    ("to", "code"), [("", 3), (">&-", 3), ("| true", 0), ("| head -c 1", 0), ("> /dev/full", 2)]
)
def test_an_output_that_ends_early_ends_a_command_quietly(tmp_path, length, to, code):
    (tmp_path / "script.py").write_text(SCRIPT.format(length=length, code=3))
    line = f"sleep 0 | {sys.executable} script.py {to}; echo ${{PIPESTATUS[1]}} >&2"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(MODULES[0].parents[1])},
    )  # fmt: skip
    *said, found = done.stderr.splitlines()
    may_end_first = "|" in to and length == 1  # whether the reader is gone is a matter of moments
    assert int(found) == code or may_end_first and int(found) == 3
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert bool(said) == (code == 2)


@pytest.mark.parametrize("error", [PhototagsError("a\x1bb"), OSError("disk")])
def test_an_error_is_a_line_without_escapes(capsys, error):
    def fail() -> int:
        raise error

    assert run_command(fail, "tidy") == 2
    assert capsys.readouterr().err in ("tidy: error: a\\x1bb\n", "tidy: error: disk\n")


def test_every_program_that_prints_ends_so():
    texts = {path: path.read_text() for path in MODULES if path.name != "cli.py"}
    printing = {path for path, text in texts.items() if "__main__" in text and "print(" in text}
    assert len(printing) >= 3
    assert [path for path in printing if "sys.exit(run_command(" not in texts[path]] == []
