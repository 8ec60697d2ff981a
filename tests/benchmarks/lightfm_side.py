"""LightFM's side of bench_training's WARP, run in LightFM's own environment.

The same model as our `bilinear`: a photo is the sum of its features' vectors, weighted by them.
"""

import numpy as np
import warp_photos
from lightfm import LightFM
from measuring import serve
from scipy.sparse import csr_matrix

ready = {}


def prepare(train: str, test: str, tags: int) -> None:
    """Read both parts; no part of the training's cost."""
    for part, path in (("train", train), ("test", test)):
        with np.load(path) as file:
            ready[part] = {name: file[name] for name in file.files}
    learned = ready["train"]
    ones = np.ones(len(learned["tags"]), np.float32)
    shape = (len(learned["features"]), tags)
    ready["pairs"] = csr_matrix((ones, learned["tags"], learned["ends"]), shape).tocoo()
    ready["seen"] = csr_matrix(learned["features"])


def train(epochs: int, learning_rate: float, dimensions: int) -> None:
    """Train anew, on one thread."""
    model = LightFM(dimensions, loss="warp", learning_rate=learning_rate, random_state=1)
    model.fit(ready["pairs"], user_features=ready["seen"], epochs=epochs, num_threads=1)
    ready["model"] = model


def recall() -> float:
    """Recall@10 on the test photos."""
    of = ready["test"]
    _, photos = ready["model"].get_user_representations(csr_matrix(of["features"]))
    biases, tags = ready["model"].get_item_representations()
    return warp_photos.recall(photos @ tags.T + biases, of["tags"], of["ends"])


if __name__ == "__main__":
    serve({"prepare": prepare, "train": train, "recall": recall})
