"""Plan a run from its params: corpora, shards, taggers and scores; the rules know the file paths.

Light on purpose (no torch, no pandas): every job of the workflow makes a plan anew.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from phototags.corpora.corpus import Corpus
from phototags.corpora.corpus_registry import COLLECTIONS, find_corpus
from phototags.systems.bases.system import System
from phototags.systems.bases.user import WIDE
from phototags.workflow.config import Params
from phototags.workflow.experiments import list_taggers

MAX_SHARDS = 3_000  # of a corpus: Snakemake plans a shard's jobs in some 10 ms, each time it starts


@dataclass(frozen=True, eq=False)
class Plan:
    """What a run makes. Every list names a thing once, in the order of the params.

    Args:
        corpora: the training corpora, then the other test corpora, by name.
    """

    params: Params
    corpora: Mapping[str, Corpus]

    @property
    def sources(self) -> dict[str, list[str]]:
        """Files to fetch, by folder: those of the corpora, and WordNet."""
        folders: dict[str, list[str]] = {}
        for one in self.listed_corpora.values():
            files = folders.setdefault(one.folder, [])
            files += [file for file in one.files if file not in files]
        return folders | {name: [source.file for source in of] for name, of in COLLECTIONS.items()}

    def corpora_with_pictures(self, where: str) -> list[str]:
        """Corpora with pictures of their own, `packaged` or on the `web`."""
        known = self.listed_corpora
        return [name for name in self.picture_corpora if known[name].pictures == where]

    @functools.cached_property
    def listed_corpora(self) -> dict[str, Corpus]:
        """Corpora to list: those of the experiments, and those whose pictures they share."""
        own = self.params.corpora.tables, self.params.corpora.samples
        bases = {name: find_corpus(name, *own) for name in self.picture_corpora}
        return {**self.corpora, **bases}

    @functools.cached_property
    def picture_corpora(self) -> list[str]:
        """Corpora with pictures of their own, which are packed and embedded."""
        return list(dict.fromkeys(one.pictures_of for one in self.corpora.values()))

    @property
    def views(self) -> list[str]:
        """Corpora whose photos are those of another one."""
        return [name for name, one in self.corpora.items() if one.view_of]

    def pictures_of(self, name: str) -> str:
        """The corpus that has the pictures of a corpus."""
        return self.listed_corpora[name].pictures_of

    def learned_from(self, name: str) -> bool:
        """Whether systems are trained on photos of a corpus, under its own tags or other ones."""
        return self.pictures_of(name) in map(self.pictures_of, self.train_corpora)

    def shard_photos(self, name: str) -> int:
        """Photos of a shard: `corpora.shard_photos`, or so often that as MAX_SHARDS need."""
        photos, size = self._count_pictures(name), self.params.corpora.shard_photos
        return size * max(1, -(-photos // (MAX_SHARDS * size)))

    def shards(self, name: str) -> list[str]:
        """Shards of a corpus; one more shard is one more job."""
        count = -(-self._count_pictures(name) // self.shard_photos(name))
        return [f"{shard:05d}" for shard in range(count)]

    def _count_pictures(self, name: str) -> int:
        return self.listed_corpora[self.pictures_of(name)].photos

    @functools.cached_property
    def train_corpora(self) -> list[str]:
        """Corpora that systems are trained on."""
        return list(dict.fromkeys(one.train for one in self.params.experiments))

    @functools.cached_property
    def taggers(self) -> list[tuple[str, str]]:
        """(train corpus, system) of every tagger; it has all seeds of the run."""
        return list_taggers(self.params.experiments, self.params.train.systems)

    @functools.cached_property
    def train_jobs(self) -> list[tuple[str, str, int]]:
        """(train corpus, system, seed) of every training."""
        every = [
            (*of, self.trained_seed(of[1], seed)) for of in self.taggers for seed in self.seeds
        ]
        return list(dict.fromkeys(every))

    @property
    def seeds(self) -> list[int]:
        """Seeds of the run."""
        return self.params.train.seeds

    def trained_seed(self, system: str, seed: int) -> int:
        """Seed whose tagger stands for a seed: the first, where no seed changes a byte."""
        return seed if self.params.train.systems[system].seeded else self.seeds[0]

    @functools.cached_property
    def train_test_pairs(self) -> list[tuple[str, str]]:
        """(train corpus, test corpus) of every experiment."""
        pairs = [(one.train, test) for one in self.params.experiments for test in one.test]
        return list(dict.fromkeys(pairs))

    @functools.cached_property
    def score_jobs(self) -> list[tuple[str, str, str, int]]:
        """(train corpus, test corpus, system, seed) of every score."""
        every = [
            (one.train, test, system, seed)
            for one in self.params.experiments
            for test in one.test
            for system in one.list_systems(self.params.train.systems)
            for seed in self.seeds
        ]
        return list(dict.fromkeys(every))

    @property
    def described_pairs(self) -> list[tuple[str, str]]:
        """(train corpus, corpus whose users are described for it), where the run has users."""
        own = [(train, train) for train in self.train_corpora]
        return list(dict.fromkeys([*own, *self.train_test_pairs])) if self.params.users else []

    @functools.cached_property
    def wide_descriptors(self) -> list[str]:
        """Descriptors of one number a tag that a system of the run uses."""
        systems = self.params.train.systems.values()
        return [name for name in WIDE if any(name in one.user_descriptors for one in systems)]

    def tests(self, train: str, system: str) -> list[str]:
        """Test corpora of a system that is trained on a corpus."""
        tests = [t for of, t, name, _ in self.score_jobs if (of, name) == (train, system)]
        return list(dict.fromkeys(tests))

    @functools.cached_property
    def score_groups(self) -> list[tuple[str, list[str], list[str]]]:
        """(train corpus, its test corpora, the systems that are tested on all of them)."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for train, system in self.taggers:
            groups.setdefault((train, *self.tests(train, system)), []).append(system)
        return [(train, tests, systems) for (train, *tests), systems in groups.items()]

    @functools.cached_property
    def backbone_systems(self) -> list[str]:
        """Systems whose backbone is trained too."""
        return [name for name, one in self.params.train.systems.items() if one.learns_backbone]

    def learns_by_gradient(self, system: str) -> bool:
        """Whether a system is trained step by step, on the device of train.compute."""
        return self.params.train.systems[system].learns_by_gradient

    def compared_systems(self, train: str) -> dict[str, System]:
        """Systems of the tables of users that are trained on a corpus, by name."""
        systems = self.params.train.systems
        known = [name for of, name in self.taggers if of == train]
        return {name: systems[name] for name in known if systems[name].in_user_comparison}

    def user_systems(self, train: str) -> list[str]:
        """Those of them that learn by gradient from the photo's user."""
        systems = self.compared_systems(train).items()
        return [name for name, one in systems if one.user_descriptors and one.learns_by_gradient]

    def first_of_each_model(self, train: str) -> list[str]:
        """First system of each model among them."""
        first = {}
        for name, one in self.compared_systems(train).items():
            first.setdefault(one.model, name)
        return list(first.values())

    @functools.cached_property
    def user_comparisons(self) -> list[str]:
        """Corpora, trained and tested on, with one system that knows the user and one without."""
        return [
            train
            for train, test in self.train_test_pairs
            if train == test
            if self.user_systems(train)
            if not all(one.uses_users for one in self.compared_systems(train).values())
        ]


def make_plan(params: Params) -> Plan:
    """Plan a run.

    Raises:
        ParamsError: there is no corpus of a name, or an own table takes the name of a known corpus.
    """
    train = [one.train for one in params.experiments]
    test = [test for one in params.experiments for test in one.test]
    own = params.corpora.tables, params.corpora.samples
    for name in [*params.corpora.samples, *(params.splits.corpora if params.splits else ())]:
        find_corpus(name, *own)  # a misspelt one would take every photo, or be split no further
    return Plan(params, {name: find_corpus(name, *own) for name in dict.fromkeys(train + test)})
