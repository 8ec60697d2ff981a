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


def search(start: int, count: int, top: int) -> list[list[int]]:
    """Search with the queries from `start` on, all at once; rows of each, best first."""
    return ready["index"].search(ready["queries"][start : start + count], top)[1].tolist()


if __name__ == "__main__":
    serve({"prepare": prepare, "search": search})
