"""Which settings suit the models of users, by validation: results/benchmarks/user_settings.md.

`python tests/benchmarks/choose_user_settings.py [--quick]`, after `make results RUN=users` and in
the same folder: takes its features, users, splits and settings, and trains the bilinear model and
the two that know users with every setting of a grid and with the published one; the best few with
three seeds. Test photos and histories have no part in it. Forty minutes.
"""

import functools
import itertools
import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from statistics import mean

import torch
from harness import ROOT, arguments, compute_as, conclude_page

from phototags.evaluation.metrics.ranking import hit_rate_at, precision_at, rank, recall_at
from phototags.report.markdown import format_page, format_table
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import Tagger
from phototags.training.inputs import TrainInputs, read_inputs
from phototags.training.train import train
from phototags.workflow.config import Params
from tests.presets import merge_presets, read_job

MODELS = ("bilinear", "user-biased", "user-multiplicative")
KEYS = ("feature_length", "learning_rate", "dropout", "init_std")
GRID = (
    *itertools.product((1.0,), (0.001, 0.003, 0.01), (0.3, 0.5), (0.01, 0.03, 0.1)),
    *itertools.product((None,), (0.0003, 0.001, 0.003), (0.3, 0.5), (0.01, 0.03, 0.1)),
)
PUBLISHED = (1.0, 0.01, 0.0, 0.001)
AS_PUBLISHED = {"optimiser": "sgd", "ema_decay": 0.0}
SEEDS, FEW = (0, 1, 2), 3
EXPLAINED = (
    "P@1 + R@10 + A@10 of the best epoch in percent on the validation photos that are nobody's "
    "history, of the systems of presets/users.yaml with these settings and all else as there; "
    "seed 0. feature_length: of the photo's scaled features, 1 as published, or the root of their "
    "number. The last row is what Denton et al. (2015) used: SGD with momentum 0.9, weights of "
    "0.001 at the start, neither dropout nor an average of the weights."
)
AGAIN = "The best of each model with three seeds."

Try = tuple[str, tuple[float | None, ...], int]
"""A system, its KEYS, and the seed."""


@functools.cache
def settings() -> Params:
    return merge_presets([ROOT / "params.yaml", ROOT / "presets/users.yaml"])


@functools.cache
def inputs(name: str) -> TrainInputs:
    """What a system learns from; no seed draws any of it but the tag vectors, which it ignores."""
    params = settings()
    job = read_job(params.run, params.experiments[0].train, name, SEEDS[0])
    return read_inputs(job, params.train.systems[name])


def judged(tagger: Tagger, photos: TaggedPhotos, tags: int) -> float:
    """The sum by which settings are chosen, in percent; perfect 300."""
    ranking = rank(tagger.scores(photos.features).numpy(), photos.relevant(tags).numpy())
    of = precision_at(ranking, 1), recall_at(ranking, 10), hit_rate_at(ranking, 10)
    return 100 * sum(float(values.mean()) for values in of)


def reached(one: Try, epochs: int | None) -> float:
    """What a system reaches with these settings."""
    torch.set_num_threads(1)
    name, values, seed = one
    keys = dict(zip(KEYS, values, strict=True)) | (AS_PUBLISHED if values == PUBLISHED else {})
    system = settings().train.systems[name]
    system = system.model_copy(update=keys | ({"epochs": epochs} if epochs else {}))
    of = inputs(name)
    tagger, _ = train(system, *of.parts, of.tag_vectors, seed)
    found = judged(tagger, of.parts[1], len(of.tag_vectors))
    print(*one, f"{found:.1f}", flush=True)
    return found


def said(values: Iterable[float | None]) -> list[str]:
    return ["root" if value is None else f"{value:g}" for value in values]


def main() -> None:
    quick = arguments(__doc__).quick
    compute_as(settings())
    grid, epochs = ((*GRID[:1], PUBLISHED), 1) if quick else ((*GRID, PUBLISHED), None)
    found: dict[Try, float] = {}
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:

        def tried(tries: list[Try]) -> None:
            """Add what these reach."""
            found.update(zip(tries, pool.map(reached, tries, [epochs] * len(tries)), strict=True))

        tried([(name, values, SEEDS[0]) for name in MODELS for values in grid])
        best = {
            name: sorted(grid, key=lambda values: -found[name, values, SEEDS[0]])[:FEW]
            for name in MODELS
        }
        again = [(name, values) for name in MODELS for values in best[name]]
        tried([(*of, seed) for of in again for seed in SEEDS[1:]])
    first = [
        [*said(values), *(f"{found[name, values, SEEDS[0]]:.1f}" for name in MODELS)]
        for values in grid
    ]
    second = []
    for name, values in again:
        of = [found[name, values, seed] for seed in SEEDS]
        second.append([name, *said(values), *(f"{one:.1f}" for one in (*of, mean(of)))])
    head = ["system", *KEYS, *(f"seed {seed}" for seed in SEEDS), "mean"]
    text = format_page(
        "Settings of the models of users", EXPLAINED, format_table([*KEYS, *MODELS], first, 0),
        AGAIN, format_table(head, second),
    )  # fmt: skip
    conclude_page("user_settings", text, quick)


if __name__ == "__main__":
    main()
