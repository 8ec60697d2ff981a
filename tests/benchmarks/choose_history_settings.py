"""How to weigh the user's other photos, by validation: results/benchmarks/history_settings.md.

`python tests/benchmarks/choose_history_settings.py [--quick]`, after `make results RUN=users` and
in the same folder: describes its users anew with every number of neighbours and every sharpness
of attention, and scores its taggers on them. Test photos have no part in it. One minute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
from choose_user_settings import judged, settings
from harness import arguments, compute_as, conclude_page

from phototags.features.feature_cache import read_features
from phototags.report.markdown import format_page, format_table
from phototags.systems.bases.history import HistorySystem
from phototags.systems.parts.history import choose_weight
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.systems.tagger import load
from phototags.tags.encoding import encode_tags
from phototags.tags.vocabulary import read_vocabulary
from phototags.training.inputs import select_photos
from phototags.users.other_photos import describe_other_photos, select_unit_features
from phototags.users.user_encoder import select_history
from phototags.users.user_table import UserTable, read_users
from tests.presets import read_job

MODELS = ("user-frequency", "user-neighbours", "user-attention")
KEYS = ("neighbours", "sharpness")
NEIGHBOURS = (1, 2, 3, 5, 10, 20, 50)
SHARPNESS = (0.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
WEIGHTS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.999)
EXPLAINED = (
    "P@1 + R@10 + A@10 in percent on the validation photos that are nobody's history; perfect 300. "
    "setting: `users.neighbours` of `user-neighbours`, `users.sharpness` of `user-attention`. "
    "weight: that of the user's other photos of the least cross-entropy, which the system takes; "
    "chosen: what it reaches. The last columns: what it reaches with these weights."
)


class Trials:
    """The taggers of a finished run, with the users of its validation photos described anew."""

    def __init__(self) -> None:
        self.params = settings()
        self.job = read_job(self.params.run, self.params.experiments[0].train, MODELS[0], 0)
        files = self.job.inputs
        self.vocabulary = read_vocabulary(files["vocabulary"])
        self.tags, self.split = pd.read_parquet(files["tags"]), pd.read_parquet(files["split"])
        self.features, self.table = read_features(files["features"]), read_users(files["users"])
        photos = self.tags.merge(self.split[["row", "part"]], on="row")
        photos = photos.sort_values("row", ignore_index=True)
        history = select_history(photos, self.params.users.history_fraction, self.params.users.seed)
        self.photos = (
            select_unit_features(photos["row"].to_numpy(), self.features),
            encode_tags(photos["tags"], self.vocabulary.tags),
            len(self.vocabulary),
            pd.factorize(photos["user_id"])[0],
            ((photos["part"] == "train") | history).to_numpy(),
        )

    def describe(self, system: HistorySystem, keys: Mapping[str, float]) -> TaggedPhotos:
        """Validation photos with their users described by these params."""
        users = self.params.users.model_copy(update=keys)
        blocks = describe_other_photos(system.user_descriptors, *self.photos, users)
        table = UserTable(self.table.rows, self.table.history, self.table.blocks | blocks)
        given = self.tags, self.split, self.features, self.vocabulary.tags, table
        return select_photos("validation", *given, system.user_descriptors)

    def judge(self, model: str, keys: Mapping[str, float], weights: Sequence[float]) -> list[str]:
        """What a system reaches, with the weight that it chooses and with these."""
        system, n_tags = self.params.train.systems[model], len(self.vocabulary)
        validation = self.describe(system, keys)
        tagger = load(self.job.folder.parents[1] / model / "seed0")
        tagger = choose_weight(tagger, system.weights, validation, n_tags)
        tried = [tagger, *(replace(tagger, weight=weight) for weight in weights)]
        return [f"{tagger.weight:g}", *(f"{judged(one, validation, n_tags):.1f}" for one in tried)]


def main() -> None:
    quick = arguments(__doc__).quick
    compute_as(settings())
    trials, few = Trials(), 1 if quick else None
    rows = [["user-frequency", "", *trials.judge("user-frequency", {}, WEIGHTS)]]
    rows += [
        [model, f"{value:g}", *trials.judge(model, {key: value}, WEIGHTS)]
        for model, key, values in zip(MODELS[1:], KEYS, (NEIGHBOURS, SHARPNESS), strict=True)
        for value in values[:few]
    ]
    head = ["system", "setting", "weight", "chosen", *(f"{weight:g}" for weight in WEIGHTS)]
    text = format_page("How to weigh the user's other photos", EXPLAINED, format_table(head, rows))
    conclude_page("history_settings", text, quick)


if __name__ == "__main__":
    main()
