"""Our side of bench_search: the search of a run's photos by the vectors of tags."""

import numpy as np
from measuring import serve

from phototags.search.nearest import find_all_nearest, find_nearest, measure_longest

ready = {}


def prepare(vectors: str, queries: str) -> None:
    """Read the vectors (n, D) and queries, npy files, float32."""
    table = np.load(vectors)
    ready.update(table=table, longest=measure_longest(table), queries=np.load(queries))


def search(count: int, top: int, together: bool) -> list[list[int]]:
    """Search with the first queries, at once or each as a run's search does; rows, best first."""
    table, longest = ready["table"], ready["longest"]
    queries = ready["queries"][:count]
    if together:
        found = find_all_nearest(table, queries, top, longest)
    else:
        found = [find_nearest(table, query, top, longest) for query in queries]
    return [[row for row, _ in of] for of in found]


if __name__ == "__main__":
    serve({"prepare": prepare, "search": search})
