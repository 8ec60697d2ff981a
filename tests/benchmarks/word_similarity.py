"""Do tag vectors stand as near as people say the words do? results/benchmarks/word_similarity.csv.

`PHOTOTAGS_MIRROR=FOLDER python tests/benchmarks/word_similarity.py`. Spearman's rank correlation of
cosines with the human means of WordSim-353 (Finkelstein et al., TOIS 2002; the copy that gensim
brings along), on the pairs whose words YFCC100M's rows have as tags: of the GloVe vectors that
training starts from, and of the tag vectors after it. Interval: 1,000 bootstraps over pairs. (The
default run's vocabulary has two of the pairs: too few to say anything.)
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from harness import RESULTS, ROOT, peer_python
from judge_across import learn, of_yfcc_rows
from scipy.stats import spearmanr

from phototags.io.storage import atomic_write
from phototags.tag_vectors.text_vectors import load_glove
from phototags.workflow.config import validate_params


def human_pairs() -> pd.DataFrame:
    """one, other, likeness of the collection."""
    library = peer_python("gensim").parents[1] / "lib"
    path = next(library.glob("python*/site-packages/gensim/test/test_data/wordsim353.tsv"))
    names = ["one", "other", "likeness"]
    return pd.read_csv(path, sep="\t", comment="#", names=names)


def correlation(pairs: pd.DataFrame, words: list[str], vectors: np.ndarray) -> list[float]:
    """Spearman's correlation, and the ends of its 95 % interval."""
    place = {word: number for number, word in enumerate(words)}
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    one, other = (unit[pairs[side].map(place)] for side in ("one", "other"))
    cosines, likeness = (one * other).sum(1), pairs["likeness"].to_numpy()
    draws = np.random.default_rng(0).integers(len(pairs), size=(1000, len(pairs)))
    found = [spearmanr(cosines[draw], likeness[draw]).statistic for draw in draws]
    return [spearmanr(cosines, likeness).statistic, *np.nanquantile(found, [0.025, 0.975])]


def main() -> None:
    mirror = Path(os.environ["PHOTOTAGS_MIRROR"])
    params = validate_params(yaml.safe_load((ROOT / "params.yaml").read_text()))
    words, photos = of_yfcc_rows(mirror / "yfcc100m_rows/yfcc100m_dataset_4k.tsv")
    pairs = human_pairs()
    pairs = pairs[pairs["one"].isin(words) & pairs["other"].isin(words)]
    judged = [("glove", "", load_glove().embed(words))]
    judged += [
        ("tag-vectors", seed, table.words.numpy())
        for seed, table in learn(words, photos, params.embed_tags, params.train.seeds).items()
    ]
    rows = []
    for system, seed, vectors in judged:
        found = correlation(pairs, words, vectors)
        rows.append(["yfcc100m", system, seed, len(pairs), *(round(one, 3) for one in found)])
    columns = ["train", "system", "seed", "pairs", "spearman", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    with atomic_write(RESULTS / "word_similarity.csv") as part:
        table.to_csv(part, index=False, lineterminator="\n")
    print(table.to_string())


if __name__ == "__main__":
    main()
