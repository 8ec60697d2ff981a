"""Search beside faiss and rclip, in turn: search.csv.

`python tests/benchmarks/bench_search.py [--quick]`. Exact search of the 20 nearest of a million
float32 vectors of 64 numbers by their dot product, one thread a side, in milliseconds of CPU, which
are those on the clock where nothing else runs:

- `latency_1m_d64`: one query, the mean of 20 one after the other, beside faiss's flat index;
- `batch_1m_d64`: a thousand queries together.

Both must find for each of CHECKED queries the rows that a loop over all finds (recall 1), or the
benchmark ends. `bench_rclip.py` adds the cases
of folders of photos.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from harness import (
    Row,
    arguments,
    compare,
    conclude,
    peer_python,
    read_rows,
    take_turns,
    version_of,
)
from measuring import ONE_THREAD, Worker

HERE = Path(__file__).parent
VECTORS, WIDTH, QUERIES, TOP, CHECKED = 1_000_000, 64, 1_000, 20, 10
ALONE = 20


def search_slowly(table: np.ndarray, query: np.ndarray) -> set[int]:
    """The TOP nearest rows, by a sum in float64 for each."""
    scores = sum(table[:, one].astype(np.float64) * float(query[one]) for one in range(WIDTH))
    return set(np.argsort(-scores, kind="stable")[:TOP].tolist())


def check_recall(name: str, side: Worker, expected: list[set[int]]) -> None:
    """End the benchmark where a side misses a row that the loop finds."""
    for together, count in ((False, CHECKED), (True, QUERIES)):
        answer = side.ask("search", count=count, top=TOP, together=together).answer
        for place in range(CHECKED):
            if set(answer[place]) != expected[place]:
                sys.exit(f"{name} should find the rows of the loop for query {place}, but does not")


def time_queries(side: Worker, count: int, together: bool) -> Callable[[], float]:
    """A function that searches with `count` queries: CPU ms, of each where they go alone."""

    def run() -> float:
        cost = side.ask("search", count=count, top=TOP, together=together)
        return 1000 * cost.cpu_seconds / (1 if together else count)

    return run


def compare_nearest(smaller: int, pairs: int) -> list[Row]:
    """The cases beside faiss."""
    rng, python = np.random.default_rng(0), peer_python("faiss")
    table = rng.standard_normal((VECTORS // smaller, WIDTH), np.float32)
    queries = rng.standard_normal((QUERIES, WIDTH), np.float32)
    version = version_of("faiss-cpu", python)
    with (
        TemporaryDirectory() as folder,
        Worker([sys.executable, HERE / "search_side.py"], ONE_THREAD) as ours,
        Worker([python, HERE / "faiss_side.py"], ONE_THREAD) as theirs,
    ):
        files = {"vectors": f"{folder}/vectors.npy", "queries": f"{folder}/queries.npy"}
        for name, array in (("vectors", table), ("queries", queries)):
            np.save(files[name], array)
        expected = [search_slowly(table, query) for query in queries[:CHECKED]]
        for name, side in (("ours", ours), ("faiss", theirs)):
            side.ask("prepare", **files)
            check_recall(name, side, expected)
        rows = []
        for case, count in (("latency_1m_d64", ALONE), ("batch_1m_d64", QUERIES)):
            sides = (time_queries(side, count, count == QUERIES) for side in (ours, theirs))
            done = take_turns(*sides, pairs, warm=True)  # the checks were the first run
            rows.append(compare(case, "faiss", version, "CPU ms", done, better="less"))
    return rows


def main() -> None:
    """Write the rows of faiss, and keep those of others."""
    args = arguments(__doc__)
    rows = compare_nearest(20 if args.quick else 1, args.pairs)
    others = [row for row in read_rows("search") if row.peer != "faiss"]
    conclude("search", [*rows, *others], args.quick)


if __name__ == "__main__":
    main()
