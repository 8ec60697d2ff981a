"""Commands end with their code and without a traceback, whatever becomes of their output."""

import os
import subprocess
import sys

import pytest

from phototags.cli import main
from phototags.errors import PhototagsError
from phototags.io.storage import atomic_write, write_text
from tests.test_cli import home  # noqa: F401, a fixture

SEARCH = [sys.executable, "-m", "phototags.cli", "search", "red"]


def run(folder, command: str) -> subprocess.CompletedProcess:
    """Run a line of shell in which $SEARCH is a search, and $? the exit code that is printed."""
    return subprocess.run(
        ["bash", "-c", command.replace("SEARCH", " ".join(SEARCH))], cwd=folder, text=True,
        capture_output=True, timeout=300, env=os.environ | {"PYTHONUNBUFFERED": ""},
    )  # fmt: skip


@pytest.mark.parametrize(
    "command, code",
    [("SEARCH >&-; echo $? >&2", "0"), ("SEARCH | true; echo ${PIPESTATUS[0]} >&2", "0"),
     ("SEARCH > /dev/full; echo $? >&2", "2")],
)  # fmt: skip
def test_an_output_that_ends_early_ends_the_command_quietly(home, command, code):  # noqa: F811
    said = run(home, command).stderr
    assert "Traceback" not in said and "Exception ignored" not in said
    assert said.splitlines()[-1] == code
    assert ("No space left" in said) == (code == "2")


@pytest.mark.parametrize("to", ["/dev/full", "/dev/null", "folder", "/proc/x.html", "."])
def test_a_page_is_written_to_a_regular_file_alone(home, capsys, to):  # noqa: F811
    (home / "folder").mkdir()
    assert main(["search", "red", "--out", to]) == 2
    said = capsys.readouterr().err
    assert said.startswith("phototags: error: ") and "Traceback" not in said
    assert os.path.exists("/dev/full") and not os.path.isfile("/dev/full")


def test_a_page_goes_into_a_new_folder_and_over_a_link(home, capsys):  # noqa: F811
    (home / "target.html").write_text("mine")
    (home / "link.html").symlink_to(home / "target.html")
    for to in ("new/page.html", "link.html"):
        assert main(["search", "red", "--out", to]) == 0
        assert "A rose" in (home / to).read_text()
    assert (home / "target.html").read_text() == "mine"


def test_nothing_but_regular_files_is_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "/dev/null"):
        with pytest.raises(PhototagsError, match="should be a file to write"), atomic_write(path):
            pass
    write_text(tmp_path / "file", "text")


def test_titles_and_tags_do_not_act_on_the_terminal(home, capsys):  # noqa: F811
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = home / "models/pictures/index/shapes.parquet"
    table = pq.read_table(path)
    for name, column in (("title", ["\x1b]0;owned\x07\x1b[2J"] * 2), ("author", ["a\u202eb"] * 2),
                         ("tags", [["x\x1b[31m", "\x9b2J"]] * 2)):  # fmt: skip
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.array(column, table.schema.field(name).type))
    pq.write_table(table, path)
    assert main(["search", "red"]) == 0
    said = capsys.readouterr().out
    assert all(one.isprintable() or one == "\n" for one in said)
    assert "\\x1b]0;owned\\x07\\x1b[2J" in said and "a\\u202eb" in said and "\\x9b2J" in said
    assert main(["search", "\x1b[31m"]) == 1
    assert "\x1b" not in capsys.readouterr().err
