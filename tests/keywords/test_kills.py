"""Whatever is killed while keywords are written, each file is as before or as after."""

import random
import signal
import subprocess
import sys
import time

from PIL import Image

from phototags.keywords.journal import open_journal
from phototags.keywords.own_metadata import read_keywords
from phototags.keywords.take_back import undo_all

KILLS = 20
WRITE = """
import sys
from pathlib import Path
from phototags.keywords.journal import open_journal
from phototags.keywords.write_back import TagWriter, Target
folder, tag = Path(sys.argv[1]), sys.argv[2]
with open_journal(folder) as journal:
    target = Target(in_file=True)
    writer = TagWriter(folder, "box 1", target, journal, lambda path, _: print(path, flush=True))
    print("begun", flush=True)
    for photo in sorted(folder.glob("*.*")):
        if photo.suffix in (".jpg", ".png", ".gif"):
            writer.write(photo, [(tag, .9)])
"""


def start(folder, tag: str) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITE, str(folder), tag]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def read_all(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_kill_9_loses_and_halves_nothing(tmp_path):
    chance = random.Random(7)
    for number in range(15):
        name = f"{number:02d}.{('jpg', 'png', 'gif')[number % 3]}"
        Image.effect_noise((200, 160), 60).convert("RGB").save(tmp_path / name)
    original = read_all(tmp_path)
    wholes = [original]
    for order in (("dog", "cat"), ("cat", "dog")):
        wholes += write_copies(original, tmp_path / "copies" / order[0], order * 2)
    killed = 0
    for turn in range(KILLS):
        tag = ("dog", "cat")[turn % 2]
        process = start(tmp_path, tag)
        for _ in range(chance.randint(1, 14)):
            process.stdout.readline()
        time.sleep(chance.random() * 0.01)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
        for name, content in read_all(tmp_path).items():
            if not name.startswith("."):  # a part, which the next run removes
                assert content in [one.get(name) for one in wholes], (turn, name)
        assert original.keys() <= read_all(tmp_path).keys()
    assert killed >= KILLS // 2
    process = start(tmp_path, "dog")
    process.communicate()
    assert process.returncode == 0
    assert read_all(tmp_path).keys() == wholes[1].keys(), "no part is left either"
    assert all(read_keywords(tmp_path / name).ours == ("dog",) for name in original)
    with open_journal(tmp_path) as journal:
        undo_all(journal, lambda *_: None)
    assert read_all(tmp_path) == original


def write_copies(original: dict[str, bytes], folder, tags: tuple[str, ...]) -> list[dict]:
    """The files that undisturbed runs leave, each after the one before."""
    folder.mkdir(parents=True)
    for name, content in original.items():
        (folder / name).write_bytes(content)
    found = []
    for tag in tags:
        process = start(folder, tag)
        process.communicate()
        assert process.returncode == 0
        found.append(read_all(folder))
    return found


def test_two_processes_do_not_write_in_one_folder(tmp_path):
    with open_journal(tmp_path):
        second = subprocess.run(
            [sys.executable, "-c", WRITE, str(tmp_path), "dog"], capture_output=True, text=True
        )
    assert second.returncode != 0 and "wait for its end" in second.stderr


def test_a_line_that_was_half_written_is_cut_off(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.jpg")
    original = read_all(tmp_path)
    start(tmp_path, "dog").communicate()
    journal = tmp_path / ".phototags" / "keywords" / "journal.jsonl"
    with open(journal, "ab") as file:
        file.write(b'{"replace": {"num')
    with open_journal(tmp_path) as opened:
        assert len(opened.replacements) == 1
        undo_all(opened, lambda *_: None)
    assert read_all(tmp_path) == original
