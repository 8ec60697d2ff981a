"""Our side of bench_search: the search of a run's photos by the vectors of tags."""

import numpy as np
from measuring import serve

from phototags.search.nearest import find_all_nearest, find_nearest, measure_longest

ready = {}


def prepare(vectors: str, queries: str) -> None:
    """Read the vectors (n, D) and queries, npy files, float32."""
    table = np.load(vectors)
    ready.update(table=table, longest=measure_longest(table), queries=np.load(queries))


def search(start: int, count: int, top: int) -> list[list[int]]:
    """Search with the queries from `start` on, one as `phototags search` does; rows, best first."""
    table, longest = ready["table"], ready["longest"]
    queries = ready["queries"][start : start + count]
    if count == 1:
        found = [find_nearest(table, queries[0], top, longest)]
    else:
        found = find_all_nearest(table, queries, top, longest)
    return [[row for row, _ in of] for of in found]


if __name__ == "__main__":
    serve({"prepare": prepare, "search": search})
