"""From two million photos' tags as written to tag numbers, against pandas: vocabulary.csv.

`python tests/benchmarks/bench_vocabulary.py [--quick]`. Both sides read the same parquet table (of
lines like YFCC100M's), spell each distinct tag once by the same function, choose the tags of three
people and five photos, and number each photo's tags. A plain loop does the same photo by photo
once; all three results are held against each other. `memory_2m`: the most that each side held. Ours
has two threads where there are two cores, pandas has one.

`memory_parts_2m`, `memory_parts_8m`: the rules clean_tags and build_vocabulary from file to file,
100,000 photos at once beside ten times as many (measured once; both write the same bytes).
Memory follows the setting, and not the corpus, where the two lines are about the same.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from harness import Row, arguments, compare, conclude, take_turns, version_of
from measuring import Worker
from metadata_lines import write

from phototags.io.storage import hash_file

LINES, QUICK_LINES = 2_000_000, 50_000
MORE, AT_ONCE = 4, 100_000  # times as many lines, for memory; photos at once
SIDE = [sys.executable, Path(__file__).with_name("vocabulary_sides.py")]


def hold(mine: Path, others: list[Path]) -> None:
    """All results are the same; else an error."""
    ours = np.load(mine)
    for path in others:
        theirs = np.load(path)
        for name in ours.files:
            if not np.array_equal(ours[name], theirs[name]):
                sys.exit(f"{mine} and {path} should hold the same, but {name} differs")
    print(f"the same {len(ours['words']):,} tags, {len(ours['tags']):,} in all, three times")


def table(count: int, to: Path) -> None:
    """So many photos as a table."""
    lines = to.with_suffix(".lines")
    write(count, lines)
    with Worker(SIDE) as side:
        side.ask("prepare", lines=str(lines), to=str(to))
    lines.unlink()


def parts(count: int, at_once: int, folder: Path) -> Row:
    """Memory of the rules, of so many photos, with few at once beside ten times as many."""
    photos, megabytes, made = folder / "photos.parquet", [], []
    table(count, photos)
    for number, some in enumerate((at_once, 10 * at_once)):
        to = folder / str(number)
        to.mkdir()
        with Worker(SIDE) as side:
            done = side.ask("pipeline", photos=str(photos), folder=str(to), at_once=some)
        megabytes.append(done.megabytes)
        made.append({file.name: hash_file(file) for file in to.iterdir()})
        print(f"{count:,} photos, {some:,} at once: {done}")
        shutil.rmtree(to)
    if made[0] != made[1]:
        sys.exit(
            f"parts of {at_once:,} of {count:,} photos gave other files than ten times as many"
        )
    case, about = f"memory_parts_{count // 10**6}m", (f"{10 * at_once:,} at once", "")
    return compare(case, *about, "MB", [tuple(megabytes)], better="less")


def main() -> None:
    given = arguments(__doc__)
    count = QUICK_LINES if given.quick else LINES
    with TemporaryDirectory() as name:
        photos, mine, yours, looped = (
            Path(name) / part for part in ("photos", "ours.npz", "pandas.npz", "loop.npz")
        )
        table(count, photos)
        with Worker(SIDE) as ours, Worker(SIDE) as theirs:
            runs = take_turns(
                lambda: ours.ask("ours", photos=str(photos), to=str(mine)),
                lambda: theirs.ask("theirs", photos=str(photos), to=str(yours)),
                given.pairs,
            )
        with Worker(SIDE) as plain:
            plain.ask("loop", photos=str(photos), to=str(looped))
        hold(mine, [yours, looped])
    memories = []
    for number in (count, count * MORE):
        with TemporaryDirectory() as name:
            memories.append(parts(number, AT_ONCE * count // LINES, Path(name)))
    wall = [(our.seconds, their.seconds) for our, their in runs]
    memory = [(our.megabytes, their.megabytes) for our, their in runs]
    about = "pandas", version_of("pandas")
    rows = [
        compare("wall_2m", *about, "s", wall, better="less"),
        compare("memory_2m", *about, "MB", memory, better="less"),
        *memories,
    ]
    conclude("vocabulary", rows, given.quick)


if __name__ == "__main__":
    main()
