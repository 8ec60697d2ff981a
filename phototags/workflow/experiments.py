"""Experiments: which systems are trained on which corpus, tested on which, started from which."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from pydantic import Field

from phototags.params.names import CorpusName
from phototags.params.section import Section
from phototags.systems.bases.system import System


class Experiment(Section):
    """One training corpus, and the test corpora of the systems trained on it."""

    train: CorpusName = Field(description="corpus whose training part the systems are trained on")
    test: list[CorpusName] = Field(
        description="corpora on whose test part the systems are scored", min_length=1
    )
    systems: list[str] | None = Field(
        None,
        description="names of train.systems to train on this corpus; null trains all",
        min_length=1,
    )

    def list_systems(self, systems: Iterable[str]) -> list[str]:
        """List the systems that are trained on the corpus, in the order of the run.

        >>> Experiment(train="sea", test=["sky"], systems=["b", "a"]).list_systems(["a", "b", "c"])
        ['a', 'b']
        """
        return [name for name in systems if self.systems is None or name in self.systems]


def list_taggers(
    experiments: Iterable[Experiment], systems: Iterable[str]
) -> list[tuple[str, str]]:
    """List (train corpus, system) of every tagger of a run, each once."""
    known = list(systems)
    both = [(one.train, system) for one in experiments for system in one.list_systems(known)]
    return list(dict.fromkeys(both))


def refuse_unknown_systems(experiments: Iterable[Experiment], systems: Collection[str]) -> None:
    """Raise a ValueError where an experiment names a system that there is not."""
    for one in experiments:
        for name in one.systems or ():
            if name not in systems:
                raise ValueError(
                    f"experiments has {name!r} learn from {one.train}, but train.systems has only "
                    f"{', '.join(systems)}"
                )


def refuse_wrong_starts(experiments: Sequence[Experiment], systems: Mapping[str, System]) -> None:
    """Raise a ValueError where a system cannot start from the tagger that it names."""
    trained = list_taggers(experiments, systems)
    for name, system in systems.items():
        if (start := system.source) is None:
            continue
        refuse_circle(name, systems)
        if (start.train, start.system) not in trained:
            known = ", ".join(f"{other} of {corpus}" for corpus, other in trained)
            raise ValueError(
                f"{name} should start from {start.system} of {start.train}, but the run trains "
                f"only {known}"
            )
        refuse_other_layers(name, system, systems[start.system])
        refuse_seen_tests(name, systems, experiments)


def refuse_other_layers(name: str, system: System, source: System) -> None:
    """Raise a ValueError where a source has no hidden layers as the system has them."""
    if not source.has_photo_layers:
        raise ValueError(
            f"{name} should start from layers that see a photo, but {system.source.system} has none"
        )
    for key in ("hidden", "scaling", "backbone"):
        own, theirs = getattr(system, key), getattr(source, key)
        if own != theirs:
            raise ValueError(
                f"{name} starts from {system.source.system}, so {key} should be {theirs}, "
                f"but is {own}"
            )


def refuse_seen_tests(
    name: str, systems: Mapping[str, System], experiments: Sequence[Experiment]
) -> None:
    """Raise a ValueError where a source may have learned from what its successor is tested on.

    Near-duplicates of a corpus' test photos are looked for in the corpora that are tested on it,
    so every source, over others too, must be among them.
    """
    tests = {test for one in experiments if name in one.list_systems(systems) for test in one.test}
    start = systems[name].source
    while start is not None:
        searched = {test for one in experiments if one.train == start.train for test in one.test}
        for test in sorted(tests - searched - {start.train}):
            raise ValueError(
                f"{name} starts from {start.train} and is tested on {test}, whose near-duplicates "
                f"nobody looks for in {start.train}: add {test} to the tests of an experiment that "
                f"trains on {start.train}"
            )
        start = systems[start.system].source


def refuse_circle(name: str, systems: Mapping[str, System]) -> None:
    """Raise a ValueError where a system would start from itself, over others or at once.

    A system has one start whatever it learns from, so taggers that wait for each other are
    systems that name each other.
    """
    way = [name]
    while (system := systems.get(way[-1])) and (start := system.source):
        way.append(start.system)
        if start.system in way[:-1]:
            raise ValueError(f"systems cannot start from themselves, but {' from '.join(way)} does")
