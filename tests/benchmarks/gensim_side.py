"""gensim's side of bench_tag_vectors, run in gensim's own environment."""

import numpy as np
from gensim.models import Word2Vec
from measuring import serve

ready = {}


def prepare(sets: str, text: str, workers: int, from_file: bool, **settings: float) -> None:
    """Make an untrained model that knows the words.

    Args:
        sets: npz with tags and ends; `text` is the same as lines of words.
        from_file: let gensim read the lines itself, which needs no Python between them.
        settings: vector_size, alpha, sample, epochs.
    """
    if ready.get("sets") != sets:
        ready.update(sets=sets, sentences=sentences(sets))
    model = Word2Vec(
        window=1000,  # the whole photo
        shrink_windows=False,
        min_count=1,
        sg=1,
        negative=5,
        workers=workers,
        seed=1,
        **settings,
    )
    model.build_vocab(ready["sentences"])
    from_what = {"corpus_file": text} if from_file else {"corpus_iterable": ready["sentences"]}
    ready.update(model=model, corpus=from_what)


def sentences(path: str) -> list[list[str]]:
    with np.load(path) as sets:
        words = [str(tag) for tag in sets["tags"].tolist()]
        return [words[a:b] for a, b in zip(sets["ends"][:-1], sets["ends"][1:], strict=True)]


def train() -> int:
    """Train the model on; return the pairs."""
    model, sizes = ready["model"], np.array([len(sentence) for sentence in ready["sentences"]])
    seen = {"total_examples": len(sizes), "total_words": int(sizes.sum())}
    model.train(**ready["corpus"], **seen, epochs=model.epochs)
    return int((sizes * (sizes - 1)).sum()) * model.epochs


def save(path: str) -> None:
    wv = ready["model"].wv
    rows = np.array([int(word) for word in wv.index_to_key])
    np.savez(path, rows=rows, words=wv.vectors, contexts=ready["model"].syn1neg)


if __name__ == "__main__":
    serve({"prepare": prepare, "train": train, "save": save})
