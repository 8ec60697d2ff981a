"""The vocabulary on a sheet of paper: related tags lie together."""

import numpy as np
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits


def tag_map(vectors: np.ndarray, seed: int, perplexity: float = 15.0) -> np.ndarray:
    """Places of tags in the plane by t-SNE (van der Maaten & Hinton, JMLR 2008).

    Distances between far groups mean nothing; who lies beside whom does.

    Args:
        vectors: (T, D) float, of which only the directions count; T up to some 20,000.
        perplexity: about how many neighbours a tag keeps.

    Returns:
        (T, 2) float32. Fewer than five tags, or tags that are all alike, are laid out by their
        two main axes.
    """
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    if len(unit) < 5 or np.allclose(unit, unit[:1]):  # t-SNE divides by how far they lie apart
        centred = unit - unit.mean(0)
        places = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
        return np.pad(places, [(0, 0), (0, 2 - places.shape[1])]).astype(np.float32)
    tsne = TSNE(
        perplexity=min(perplexity, (len(unit) - 1) / 3),
        init="pca",
        metric="cosine",
        random_state=seed,
        n_jobs=1,
    )
    with threadpool_limits(1):  # several threads would wait for each other on a shared machine
        return tsne.fit_transform(unit).astype(np.float32)
