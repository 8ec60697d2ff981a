"""Reading YFCC100M's lines to a table of photos, against pandas' C engine: metadata.csv.

`python tests/benchmarks/bench_metadata.py [--quick]`. Both sides read the same 2 million generated
lines (0.43 kB each) and write a parquet file with the same fourteen columns: texts with their URL
encoding undone, tags and machine tags as lists, places as numbers, videos left out. pandas has
the whole table in memory, and one thread; ours has a few blocks, and two threads. Each side is a
process that has run once before, so imports and compiling are left out. Both files are held
against each other. `peak_8m`: our memory over the same lines four times, beside the limit set.
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from harness import arguments, compare, conclude, take_turns, version_of
from measuring import Worker
from metadata_lines import write

LINES, QUICK_LINES, TIMES, LIMIT = 2_000_000, 50_000, 4, 1500.0
SIDE = [sys.executable, Path(__file__).with_name("metadata_sides.py")]


def hold(mine: Path, yours: Path) -> None:
    """Both tables hold the same, null and the empty text being one; else an error."""
    ours, theirs = parquet.ParquetFile(mine), parquet.ParquetFile(yours)
    for name in ours.schema_arrow.names:
        columns = [side.read([name])[name].combine_chunks() for side in (ours, theirs)]
        if pa.types.is_string(columns[0].type):
            columns = [pc.fill_null(column.cast(pa.large_string()), "") for column in columns]
        elif pa.types.is_list(columns[0].type):
            columns = [column.cast(pa.large_list(pa.large_string())) for column in columns]
        if not columns[0].equals(columns[1]):
            sys.exit(f"{mine} and {yours} should hold the same table, but {name} differs")


def repeat(lines: Path, to: Path) -> None:
    with open(to, "wb") as more:
        for _ in range(TIMES):
            with open(lines, "rb") as once:
                shutil.copyfileobj(once, more, 1 << 24)


def main() -> None:
    given = arguments(__doc__)
    with TemporaryDirectory() as name:
        lines, more, mine, yours = (
            Path(name) / part for part in ("lines", "more", "ours", "pandas")
        )
        write(QUICK_LINES if given.quick else LINES, lines)
        with Worker(SIDE) as ours, Worker(SIDE) as theirs:
            runs = take_turns(
                lambda: ours.ask("ours", lines=str(lines), to=str(mine)),
                lambda: theirs.ask("theirs", lines=str(lines), to=str(yours)),
                given.pairs,
            )
        hold(mine, yours)
        yours.unlink()
        repeat(lines, more)
        with Worker(SIDE) as ours:
            peaks = [
                (ours.ask("ours", lines=str(more), to=str(mine)).megabytes, LIMIT)
                for _ in range(given.pairs)
            ]
    wall = [(our.seconds, their.seconds) for our, their in runs]
    memory = [(our.megabytes, their.megabytes) for our, their in runs]
    about = "pandas C engine", version_of("pandas")
    rows = [
        compare("wall_2m", *about, "s", wall, better="less"),
        compare("memory_2m", *about, "MB", memory, better="less"),
        compare("peak_8m", "limit", "", "MB", peaks, better="less"),
    ]
    conclude("metadata", rows, given.quick)


if __name__ == "__main__":
    main()
