"""Folders of photos beside rclip, in turn: photos indexed a CPU second, cold queries: search.csv.

`python tests/benchmarks/bench_rclip.py --photos FOLDER [--quick]`. FOLDER holds at least COUNT
photographs, of which both index the first COUNT, in parts that take turns; each part is a process
from its start to its end, with a new index. rclip's own weights cannot be fetched everywhere, so
its code runs with two other networks (`rclip_networks.py`): the one of phototags, and one of the
size of its own with random weights, which takes as long. rclip indexes when it is asked, so its
indexing ends with a query. A cold query is `dog beach` from the shell, over the last part.
"""

import os
import shutil
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from harness import (
    ROOT,
    Row,
    arguments,
    compare,
    conclude,
    peer_python,
    read_rows,
    take_turns,
    version_of,
)
from measuring import watched
from rclip_networks import make_tower, write_networks

HERE = Path(__file__).parent
COUNT, QUERY = 1_000, "dog beach"
TOWERS = {"ours": "our_network", "rclip's": "own_network"}


class Sides:
    """Both programs, each over the same parts of the photos.

    Args:
        parts: folders. work: for the indexes; `rclip` in it holds the networks. size: of rclip's
            photos.
    """

    def __init__(self, parts: list[Path], work: Path, python: Path, size: int):
        self.ours, self.theirs = cycle(parts), cycle(parts)
        self.index, self.data, self.last = work / "index", work / "rclip", parts[-1]
        self.phototags = [sys.executable, "-m", "phototags.cli"]
        self.rclip = [python, HERE / "rclip_side.py"]
        variables = {"RCLIP_DATADIR": str(self.data), "RCLIP_IMAGE_SIZE": str(size)}
        variables |= {"XDG_DATA_HOME": str(self.index), "PYTHONPATH": str(ROOT)}
        self.environment = os.environ | variables

    def index_ours(self) -> float:
        shutil.rmtree(self.index, ignore_errors=True)
        part = next(self.ours)
        return count_files(part) / self._run([*self.phototags, "index", part], part)

    def index_theirs(self) -> float:
        (self.data / "db.sqlite3").unlink(missing_ok=True)
        part = next(self.theirs)
        return count_files(part) / self._run([*self.rclip, QUERY], part)

    def query_ours(self) -> float:
        return self._run([*self.phototags, "search", QUERY], self.last)

    def query_theirs(self) -> float:
        return self._run([*self.rclip, "--no-indexing", QUERY], self.last)

    def _run(self, command: list, folder: Path) -> float:
        quiet = dict.fromkeys(("stdout", "stderr"), subprocess.DEVNULL)
        quiet |= {"cwd": folder, "env": self.environment}
        return watched(command, **quiet).cpu_seconds


def count_files(folder: Path) -> int:
    """Number of entries of a folder."""
    return len(os.listdir(folder))


def split_photos(photos: Path, count: int, parts: int, folder: Path) -> list[Path]:
    """Copy the first photos into folders of equal size."""
    files = sorted(path for path in photos.iterdir() if path.is_file())[:count]
    if len(files) < count:
        sys.exit(f"{photos} should hold at least {count} photos, but holds {len(files)}")
    found = [folder / f"part{number}" for number in range(parts)]
    for number, part in enumerate(found):
        part.mkdir()
        for file in files[number::parts]:
            shutil.copyfile(file, part / file.name)
    return found


def main() -> None:
    """Write the rows of rclip, and keep those of others."""
    args = arguments(__doc__, photos=None)
    if args.photos is None:
        print("rclip: left out, since it needs a folder of photographs: --photos FOLDER")
        return
    count = 20 if args.quick else COUNT
    python, rows = peer_python("rclip"), []
    version = version_of("rclip", python)
    for name, label in TOWERS.items():
        with TemporaryDirectory() as folder:
            work, tower = Path(folder), make_tower(name)
            write_networks(work / "rclip", tower)
            sides = Sides(
                split_photos(args.photos, count, args.pairs, work), work, python, tower.size
            )
            done = take_turns(sides.index_ours, sides.index_theirs, args.pairs, warm=True)
            case = f"index_{count}_vs_rclip_{label}"
            rows.append(compare(case, "rclip", version, "photos/CPU s", done, better="more"))
            done = take_turns(sides.query_ours, sides.query_theirs, args.pairs, warm=True)
            case = f"cold_query_vs_rclip_{label}"
            rows.append(compare(case, "rclip", version, "CPU s", done, better="less"))
    others: list[Row] = [row for row in read_rows("search") if row.peer != "rclip"]
    conclude("search", [*others, *rows], args.quick)


if __name__ == "__main__":
    main()
