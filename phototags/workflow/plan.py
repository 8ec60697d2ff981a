"""What a run makes, by its params alone: corpora, shards, taggers, scores. Where is the rules' own.

Light on purpose: every job of the workflow makes one anew.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from phototags.corpora.corpus import Corpus
from phototags.corpora.corpus_registry import COLLECTIONS, corpus
from phototags.systems.gradient import Trained
from phototags.systems.ranked import Bilinear, Ranked
from phototags.systems.registry import learns_backbone
from phototags.workflow.config import Params
from phototags.workflow.experiments import taggers


@dataclass(frozen=True, eq=False)
class Plan:
    """What a run makes; every list names a thing once, in the order of the params.

    Args:
        corpora: all that are learned from, then the others that are tested on, by name.
    """

    params: Params
    corpora: Mapping[str, Corpus]

    @property
    def sources(self) -> list[str]:
        """Folders that sources lie in: of the corpora, and of what is fetched besides them."""
        return [*dict.fromkeys(one.folder for one in self.corpora.values()), *COLLECTIONS]

    def pictured(self, where: str) -> list[str]:
        """The corpora whose pictures are `packaged`, or on the `web`."""
        return [name for name, one in self.corpora.items() if one.pictures == where]

    def shards(self, name: str) -> list[str]:
        """The shards of a corpus: of a fixed size, so that one more shard is one more job."""
        count = -(-self.corpora[name].photos // self.params.corpora.shard_photos)
        return [f"{shard:05d}" for shard in range(count)]

    @functools.cached_property
    def learned(self) -> list[str]:
        """The corpora that are learned from."""
        return list(dict.fromkeys(one.train for one in self.params.experiments))

    @functools.cached_property
    def taggers(self) -> list[tuple[str, str]]:
        """(corpus, system) of every tagger; it is trained with every seed."""
        return taggers(self.params.experiments, self.params.train.systems)

    @functools.cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """(train corpus, test corpus) of every experiment."""
        both = [(one.train, test) for one in self.params.experiments for test in one.test]
        return list(dict.fromkeys(both))

    @functools.cached_property
    def jobs(self) -> list[tuple[str, str, str, int]]:
        """(train corpus, test corpus, system, seed) of every score."""
        every = [
            (one.train, test, system, seed)
            for one in self.params.experiments
            for test in one.test
            for system in one.learning(self.params.train.systems)
            for seed in self.params.train.seeds
        ]
        return list(dict.fromkeys(every))

    @functools.cached_property
    def with_backbone(self) -> list[str]:
        """The systems whose backbone learns too."""
        return [name for name, one in self.params.train.systems.items() if learns_backbone(one)]

    def by_gradient(self, system: str) -> bool:
        """Whether a system is trained step by step, on whatever device."""
        return isinstance(self.params.train.systems[system], Trained)

    def ranked(self, train: str) -> dict[str, Ranked]:
        """The systems ranked by WARP that learn from a corpus, by name."""
        named = {name: self.params.train.systems[name] for of, name in self.taggers if of == train}
        return {name: one for name, one in named.items() if isinstance(one, Ranked)}

    def knowing(self, train: str) -> list[str]:
        """Those among them that know whose photo it is."""
        return [n for n, one in self.ranked(train).items() if getattr(one, "descriptors", None)]

    def one_of_each(self, train: str) -> list[str]:
        """The first system of each model among the ranked."""
        first = {}
        for name, one in self.ranked(train).items():
            first.setdefault(type(one), name)
        return list(first.values())

    @functools.cached_property
    def compared(self) -> list[str]:
        """The corpora on which, learned and tested, one system knows the user and one does not."""
        return [
            train
            for train, test in self.pairs
            if train == test
            if self.knowing(train) and Bilinear in map(type, self.ranked(train).values())
        ]


def plan_of(params: Params) -> Plan:
    """The plan of a run.

    Raises:
        ParamsError: when there is no corpus of a name, or a table takes a name of ours.
    """
    learned = [one.train for one in params.experiments]
    tested = [test for one in params.experiments for test in one.test]
    own = params.corpora.tables, params.corpora.samples
    return Plan(params, {name: corpus(name, *own) for name in dict.fromkeys(learned + tested)})
