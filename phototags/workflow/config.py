"""Typed params of a run: all of params.yaml. Sections are in params/, systems in systems/."""

from typing import Literal

from pydantic import Field, ValidationError, model_validator

from phototags.errors import ParamsError
from phototags.params.box import Box
from phototags.params.compute import Compute
from phototags.params.contamination import Contamination
from phototags.params.corpora import Corpora
from phototags.params.download import Download
from phototags.params.embeddings import EmbedPhotos, EmbedTags
from phototags.params.names import Seed, SystemName
from phototags.params.pages import Export, Report
from phototags.params.score import Score
from phototags.params.section import Section
from phototags.params.splits import Splits
from phototags.params.users import Users
from phototags.params.vocabulary import Split, Vocabulary
from phototags.params.zero_shot import ZeroShotSearch
from phototags.systems.registry import AnySystem
from phototags.workflow.experiments import (
    Experiment,
    list_taggers,
    refuse_unknown_systems,
    refuse_wrong_starts,
)
from phototags.workflow.params_files import check_values


class Train(Section):
    """Systems to train, and their seeds."""

    seeds: list[Seed] = Field(
        description="seeds; each system is trained once for each seed that changes its result",
        min_length=1,
        max_length=1000,
    )
    systems: dict[SystemName, AnySystem] = Field(description="settings of each system, by its name")
    compute: Compute = Field(
        Compute(), description="device and precision of the systems that learn by gradient"
    )


class Params(Section):
    """All of params.yaml."""

    run: str = Field(
        description="name of the run; results go to results/{run}",
        pattern=r"^[a-z0-9][a-z0-9-]{0,63}$",
    )
    instruction_set: Literal["avx2", "native"] = Field(
        description="processor instructions to use: `avx2`, which gives the same numbers on other"
        " processors but for the last bits, or all that this one has (`native`)"
    )
    experiments: list[Experiment] = Field(
        description="training corpora, their test corpora and systems", min_length=1
    )
    corpora: Corpora
    download: Download = Download()
    vocabulary: Vocabulary
    split: Split
    splits: Splits | None = Field(
        None, description="further splits, for tables over several; null makes none"
    )
    embed_tags: EmbedTags
    embed_photos: EmbedPhotos
    contamination: Contamination
    users: Users | None = Field(
        None,
        description="descriptors of users, which systems that know the user need; null makes none",
    )
    train: Train
    zero_shot: ZeroShotSearch | None = Field(
        None, description="search by words that no tag means; null makes none"
    )
    box: Box | None = Field(
        None, description="the tagger that comes with phototags (`make box`); null makes none"
    )
    score: Score
    report: Report
    export: Export

    @model_validator(mode="after")
    def refuse_repeated_seeds(self) -> "Params":
        """Raise a ValueError where a seed stands twice."""
        if len(set(self.train.seeds)) < len(self.train.seeds):
            raise ValueError(f"train.seeds should differ, but are {str(self.train.seeds)[:80]}")
        return self

    @model_validator(mode="after")
    def refuse_wrong_experiments(self) -> "Params":
        """Raise a ValueError where a system is unknown or initialised from an untrained tagger."""
        refuse_unknown_systems(self.experiments, self.train.systems)
        refuse_wrong_starts(self.experiments, self.train.systems)
        return self

    @model_validator(mode="after")
    def refuse_untrained_export(self) -> "Params":
        """Raise a ValueError where the tagger to export is not trained by this run."""
        trained = list_taggers(self.experiments, self.train.systems)
        for name, known in (
            (self.export.train, [train for train, _ in trained]),
            (self.export.system, [one for train, one in trained if train == self.export.train]),
            (self.export.seed, self.train.seeds),
        ):
            if name is not None and name not in known:
                known = list(dict.fromkeys(known))
                raise ValueError(f"export names {name!r}, but this run trains only {known}")
        return self

    @property
    def export_candidates(self) -> list[str]:
        """The systems of which one is exported: that of the params, or those to choose from."""
        if self.export.system:
            return [self.export.system]
        trained = list_taggers(self.experiments, self.train.systems)
        names = [system for train, system in trained if train == self.export.train]
        return [one for one in names if not self.train.systems[one].user_descriptors]

    @model_validator(mode="after")
    def refuse_open_export(self) -> "Params":
        """Raise a ValueError where null cannot choose the system to export."""
        names = self.export_candidates
        learning = [one for one in names if self.train.systems[one].learns_backbone]
        if not names or (self.export.system is None and learning):
            why = f"{learning[0]} trains its backbone" if learning else "all know the photo's user"
            raise ValueError(
                f"export.system is null, which chooses among systems of {self.export.train} on "
                f"the frozen backbone that do not know the photo's user, but {why}: name a system"
            )
        return self

    @model_validator(mode="after")
    def refuse_untrained_corpora(self) -> "Params":
        """Raise a ValueError where a section names a corpus that this run does not train on."""
        trained = list(dict.fromkeys(one.train for one in self.experiments))
        named = {
            "box.corpora": self.box.corpora if self.box else [],
            "zero_shot.captions": self.zero_shot.captions if self.zero_shot else [],
        }
        for key, names in named.items():
            if strange := [name for name in names if name not in trained]:
                raise ValueError(
                    f"{key} names {strange[0]!r}, but this run trains only on {trained}"
                )
        return self

    @model_validator(mode="after")
    def refuse_missing_users(self) -> "Params":
        """Raise a ValueError where a system needs the section users and there is none."""
        for name, system in self.train.systems.items():
            if system.uses_users and self.users is None:
                raise ValueError(f"{name} needs the section users, but that is null")
        return self

    @model_validator(mode="after")
    def refuse_several_trained_backbones(self) -> "Params":
        """Raise a ValueError where a trained backbone would be several joined ones."""
        for name, system in self.train.systems.items():
            if system.learns_backbone and "+" in self.embed_photos.backbone:
                raise ValueError(
                    f"{name} with `backbone: trained` needs one embed_photos.backbone, but that "
                    f"is {self.embed_photos.backbone}"
                )
        return self


def validate_params(params: dict, where: str = "params.yaml") -> Params:
    """Validate params.

    Raises:
        ParamsError: one line for each mistake: which key, what was found, what is allowed.
    """
    try:
        check_values(params)
    except (ValueError, RecursionError) as error:
        raise ParamsError(f"{where} does not say what phototags expects: {error}") from None
    try:
        return Params.model_validate(params)
    except ValidationError as error:
        mistakes = [
            f"  {'.'.join(str(part) for part in mistake['loc']) or 'params'}: {mistake['msg']}"
            f" (found {mistake['input']!r:.80})"
            for mistake in error.errors()
        ]
        raise ParamsError(
            f"{where} does not say what phototags expects:\n"
            + "\n".join(mistakes)
            + "\nEvery key is described in docs/params.md."
        ) from None
