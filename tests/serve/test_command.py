"""`phototags serve` and its page of docs, whose commands run."""

import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from phototags.cli import main
from tests.library.colour_tagger import make_png

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "serve.md").read_text()
LINES = [line for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
         for line in block.splitlines()]  # fmt: skip


def launch(line, home):
    """Start a line that serves, at a free port and loopback; the process, what it printed."""
    words = shlex.split(line, comments=True)
    options = {key: of for key, _, of in (word.partition("=") for word in words) if key.isupper()}
    arguments = words[words.index("phototags") + 1 :]
    arguments = [one.replace("~", str(home)).replace("0.0.0.0", "127.0.0.1") for one in arguments]
    command = [sys.executable, "-m", "tests.serve.run_service", *arguments, "--port", "0"]
    paths = {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | paths | options
    )
    printed = []
    for text in process.stdout:
        printed.append(text.strip())
        if text.startswith("http"):
            break
    return process, printed


def test_the_commands_of_the_page_run(served, tmp_path):
    served.photos.rename(tmp_path / "Pictures")
    (tmp_path / "photo.jpg").write_bytes(make_png("red"))
    serving = [line for line in LINES if "phototags serve" in line]
    asking = [line for line in LINES if line.startswith("curl")]
    assert len(serving) + len(asking) == len(LINES) and len(serving) == 3
    model = f" --model {served.model}"
    process, printed = launch(serving[0].partition("#")[0] + model, tmp_path)
    assert printed[0].startswith("3 added")
    for line in asking:
        command = line.replace("http://127.0.0.1:8765/", printed[-1])
        done = subprocess.run([*shlex.split(command), "--fail"], capture_output=True, cwd=tmp_path)
        assert done.returncode in ((0, 22) if "dog" in line else (0,)), (line, done)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    process, printed = launch(serving[2], tmp_path)
    token = re.search(r"PHOTOTAGS_TOKEN=(\S+)", serving[2])[1]
    assert printed[-1].endswith(f"/#token={token}")
    address = printed[-1].partition("#")[0]
    bearer = urllib.request.Request(f"{address}search?q=red")
    bearer.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(bearer) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{address}search?q=red")
    process.send_signal(signal.SIGINT)
    process.wait(60)


def test_every_reason_of_a_refusal_is_on_the_page():
    sources = "".join(path.read_text() for path in (ROOT / "phototags" / "serve").glob("*.py"))
    reasons = set(re.findall(r'RefusalError\(\s*\d+,\s*"(\w+)"', sources))
    assert {"too_fast", "wrong_host", "changed", "queue_full"} <= reasons
    assert {reason for reason in reasons if f"`{reason}`" not in PAGE} == set()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "70000"], "from 0 to 65535"),
        (["--max-bytes", "0"], "from 1 on"),
    ],
)
def test_wrong_options_are_refused(arguments, said, capsys):
    with pytest.raises(SystemExit):
        main(["serve", *arguments])
    assert said in capsys.readouterr().err


def test_a_short_token_and_a_host_that_is_not_ours_are_refused(served, monkeypatch, capsys):
    named = ["serve", "--index", str(served.index), "--port", "0"]
    monkeypatch.setenv("PHOTOTAGS_TOKEN", "short")
    assert main(named) == 2
    assert "at least 16 characters" in capsys.readouterr().err
    monkeypatch.delenv("PHOTOTAGS_TOKEN")
    assert main([*named, "--host", "192.0.2.1"]) == 2
    assert "can't be listened on" in capsys.readouterr().err
