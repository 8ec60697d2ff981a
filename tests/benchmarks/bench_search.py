"""Search beside faiss and rclip, in turn: search.csv.

`python tests/benchmarks/bench_search.py [--quick]`. Exact search of the 20 nearest of a million
float32 vectors of 64 numbers by their dot product, one thread a side, in milliseconds:

- `latency_1m_d64`: one query, beside faiss's flat index;
- `batch_1m_d64`: a thousand queries together.

Both must find for each of CHECKED queries the rows that a loop over all finds (recall 1), or the
benchmark ends. `bench_rclip.py` adds the cases of folders of photos.
"""

import sys
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
from measuring import Worker

HERE = Path(__file__).parent
VECTORS, WIDTH, QUERIES, TOP, CHECKED = 1_000_000, 64, 1_000, 20, 50
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


def search_slowly(table: np.ndarray, query: np.ndarray) -> set[int]:
    """The TOP nearest rows, by a sum in float64 for each."""
    scores = sum(table[:, one].astype(np.float64) * float(query[one]) for one in range(WIDTH))
    return set(np.argsort(-scores, kind="stable")[:TOP].tolist())


def check_recall(name: str, side: Worker, table: np.ndarray, queries: np.ndarray) -> None:
    """End the benchmark where a side misses a row that the loop finds."""
    alone = [side.ask("search", start=one, count=1, top=TOP).answer[0] for one in range(CHECKED)]
    together = side.ask("search", start=0, count=len(queries), top=TOP).answer
    for place in range(CHECKED):
        expected = search_slowly(table, queries[place])
        for found in (alone[place], together[place]):
            if set(found) != expected:
                sys.exit(f"{name} should find the rows of the loop for query {place}: {found}")


def time_queries(side: Worker, count: int):
    """A function that times a search with `count` queries, each time with the next ones: ms."""
    starts = iter(range(CHECKED, 10**9))

    def run() -> float:
        start = next(starts) if count == 1 else 0
        return 1000 * side.ask("search", start=start, count=count, top=TOP).seconds

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
        for name, side in (("ours", ours), ("faiss", theirs)):
            side.ask("prepare", **files)
            check_recall(name, side, table, queries)
        rows = []
        for case, count, runs in (
            ("latency_1m_d64", 1, 5 * pairs),
            ("batch_1m_d64", QUERIES, pairs),
        ):
            done = take_turns(time_queries(ours, count), time_queries(theirs, count), runs)
            rows.append(compare(case, "faiss", version, "ms", done, better="less"))
    return rows


def main() -> None:
    """Write the rows of faiss, and keep those of others."""
    args = arguments(__doc__)
    rows = compare_nearest(20 if args.quick else 1, args.pairs)
    others = [row for row in read_rows("search") if row.peer != "faiss"]
    conclude("search", [*rows, *others], args.quick)


if __name__ == "__main__":
    main()
