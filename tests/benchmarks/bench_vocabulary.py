"""From two million photos' tags as written to tag numbers, against pandas: vocabulary.csv.

`python tests/benchmarks/bench_vocabulary.py [--quick]`. Both sides read the same parquet table (of
lines like YFCC100M's), spell each distinct tag once by the same function, choose the tags of three
people and five photos, and number each photo's tags. A plain loop does the same photo by photo
once; all three results are held against each other. `memory_2m`: the most that each side held. Ours
has two threads where there are two cores, pandas has one.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from harness import arguments, compare, conclude, take_turns, version_of
from measuring import Worker
from metadata_lines import write

LINES, QUICK_LINES = 2_000_000, 50_000
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


def main() -> None:
    given = arguments(__doc__)
    with TemporaryDirectory() as name:
        lines, photos, mine, yours, looped = (
            Path(name) / part for part in ("lines", "photos", "ours.npz", "pandas.npz", "loop.npz")
        )
        write(QUICK_LINES if given.quick else LINES, lines)
        with Worker(SIDE) as ours, Worker(SIDE) as theirs:
            ours.ask("prepare", lines=str(lines), to=str(photos))
            lines.unlink()
            runs = take_turns(
                lambda: ours.ask("ours", photos=str(photos), to=str(mine)),
                lambda: theirs.ask("theirs", photos=str(photos), to=str(yours)),
                given.pairs,
            )
        with Worker(SIDE) as plain:
            plain.ask("loop", photos=str(photos), to=str(looped))
        hold(mine, [yours, looped])
    wall = [(our.seconds, their.seconds) for our, their in runs]
    memory = [(our.megabytes, their.megabytes) for our, their in runs]
    about = "pandas", version_of("pandas")
    rows = [
        compare("wall_2m", *about, "s", wall, better="less"),
        compare("memory_2m", *about, "MB", memory, better="less"),
    ]
    conclude("vocabulary", rows, given.quick)


if __name__ == "__main__":
    main()
