"""faiss's side of bench_search, run in faiss's own environment: a flat index, which is exact."""

import faiss
import numpy as np
from measuring import serve

BLAS_FROM = 20
"""Queries from which faiss multiplies matrices. Its own choice, 128,000 in this build, takes 30
times as long for a thousand."""
ready = {}


def prepare(vectors: str, queries: str) -> None:
    """Index the vectors (n, D) by their dot product.

    Args:
        vectors, queries: npy files, float32.
    """
    faiss.omp_set_num_threads(1)
    faiss.cvar.distance_compute_blas_threshold = BLAS_FROM
    table = np.load(vectors)
    index = faiss.IndexFlatIP(table.shape[1])
    index.add(table)
    ready.update(index=index, queries=np.load(queries))


def search(count: int, top: int, together: bool) -> list[list[int]]:
    """Search with the first queries, all at once or one after the other; rows, best first."""
    index, queries = ready["index"], ready["queries"][:count]
    parts = [queries] if together else np.split(queries, count)
    return [row for part in parts for row in index.search(part, top)[1].tolist()]


if __name__ == "__main__":
    serve({"prepare": prepare, "search": search})
