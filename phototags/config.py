"""What params.yaml may contain. Keys are described here, in systems.py and download_settings.py."""

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from phototags.download_settings import Download
from phototags.errors import ParamsError
from phototags.experiments import (
    Experiment,
    refuse_unknown_systems,
    refuse_wrong_starts,
    taggers,
)
from phototags.ranked_systems import Conditional
from phototags.section import Section
from phototags.systems import System, learns_backbone


class Table(Section):
    """Your own pictures: a `photos.tsv`, and an `images.tar`, a folder of images, or their urls."""

    photos: int = Field(description="rows of photos.tsv, or pictures in folders, at most", gt=0)
    pictures: Literal["packaged", "web"] = Field(
        "packaged", description="in images.tar, or on the web at the column photo_url"
    )
    tags: Literal["listed", "folders"] = Field(
        "listed",
        description="in photos.tsv, or the names of the folders that the pictures lie in, as in "
        "ImageNet; these are packaged",
    )
    licence: str = Field("unknown", description="licence of the pictures, shown beside them")
    citation: str = Field("", description="who to thank for the corpus")

    @model_validator(mode="after")
    def folders_are_packaged(self) -> "Table":
        if self.pictures == "web" and self.tags == "folders":
            raise ValueError("pictures on the web lie in no folders: tags should be `listed`")
        return self


class Corpora(Section):
    """Which photos, from where, and what is refused."""

    mirror: str | None = Field(
        description="folder or http(s) url with one folder a corpus, asked before the source itself"
    )
    tables: dict[str, Table] = Field(description="your own corpora by name, read as `table`")
    samples: dict[str, int] = Field(
        {}, description="photos to take of a corpus, by its name; chosen by a hash of their ids"
    )
    user_ids: Literal["hashed", "kept"] = Field(
        "hashed", description="users as salted hashes, or under the names the corpus gives them"
    )
    salt: str = Field("phototags", description="of these hashes; keep your own secret")
    licences: list[str] | None = Field(
        None,
        description="use only photos with these licences, by the beginning of a licence's name or"
        " address; null uses all",
        min_length=1,
    )
    removals: str | None = Field(
        None,
        description="file of photos to leave out, one id, address or sha256 a line; null takes"
        " removals.txt where there is one",
    )
    shard_photos: int = Field(description="photos a shard; one shard is one job", gt=0)
    max_pixels: int = Field(description="a picture with more pixels is never decoded", gt=0)
    max_bytes: int = Field(description="a picture file with more bytes is never opened", gt=0)


class Vocabulary(Section):
    """Which tags are worth learning, and which are one tag."""

    min_users: int = Field(description="people who must have written a tag (1 without users)", ge=1)
    min_photos: int = Field(description="training photos a tag needs", ge=1)
    max_photos: int | None = Field(None, description="training photos a tag may have", gt=0)
    max_tags: int | None = Field(description="keep only the commonest; null keeps all", gt=0)
    min_spread: float = Field(
        1.0,
        description="people a tag must have, counted as if each wrote it equally often"
        " (2 ** entropy); 2 refuses tags that are nearly one person's own",
        ge=1,
    )
    min_visualness: float | None = Field(
        None,
        description="chance that two people's photos of a tag look more alike than one of them and"
        " any other photo; refuses tags below it, 0.5 being chance; null keeps all",
        ge=0,
        le=1,
    )
    refuse: list[Literal["apps", "cameras"]] = Field(
        [], description="tags that a program writes always together, or that name the camera"
    )
    merge: list[Literal["joined", "split", "lemma", "synset"]] = Field(
        [],
        description="make one tag of those with equal letters, of run-together words, of plurals,"
        " of WordNet's synonyms, in this order",
    )
    aliases: str | None = Field(None, description="TSV file without header: a tag, what it becomes")
    blacklist: str | None = Field(None, description="file of tags to refuse, one a line")
    whitelist: str | None = Field(None, description="file of tags to keep whatever the rules say")
    match: str | None = Field(
        None,
        description="keep only tags that a task knows: imagenet, imagenet21k, visual_genome,"
        " esp_game or a file of words, one a line",
    )
    photos_at_once: int = Field(
        100_000,
        description="photos in memory at once, of clean_tags too; changes no result, fewer take"
        " less memory and more time",
        gt=0,
    )


class Split(Section):
    """Which photos are learned from; whole users where the corpus names its users."""

    seed: int = Field(description="salt of the hash that assigns users (or photos)")
    test: float = Field(description="share of users whose photos are test photos", gt=0, lt=1)
    validation: float = Field(description="share of the remaining users, for stopping", gt=0, lt=1)


class EmbedTags(Section):
    """Skip-gram with negative sampling over tag sets."""

    start: str = Field(
        description="vectors to start from where a word has one: glove, random, text (learned from"
        " embed_tags.text), or a text file of word2vec, GloVe or fastText vectors (also gzipped)"
    )
    text: str | None = Field(
        None, description="file of plain text whose words the same trainer learns first"
    )
    dimensions: int = Field(
        description="width of a tag vector; 50 with glove, that of a file's vectors with a file",
        gt=0,
    )
    epochs: int = Field(description="passes over the training photos; 0 keeps the start", ge=0)
    negatives: int = Field(description="negative tags drawn for each pair", gt=0)
    power: float = Field(description="negatives are drawn in proportion to count ** power", ge=0)
    learning_rate: float = Field(description="Adagrad's step, one accumulator a row", gt=0)

    @model_validator(mode="after")
    def text_is_there_to_start_from(self) -> "EmbedTags":
        if (self.start == "text") != (self.text is not None):
            raise ValueError(
                f"start: text and text: FILE go together, but start is {self.start} and text is "
                f"{self.text}"
            )
        return self


class EmbedPhotos(Section):
    """Frozen features of each photo."""

    backbone: str = Field(
        description="efficientnet_lite0 (or 1, 2), torchvision:NAME or timm:NAME; "
        "efficientnet_lite0:layers has its middle layers too; efficientnet_lite0@128 sees photos "
        "of 128 pixels a side in the place of its own 224; several with + between"
    )
    precision: Literal["fp32", "bf16"] = Field(
        description="bf16 is faster where the processor has it"
    )
    batch: int = Field(description="photos a forward pass", gt=0)


class Contamination(Section):
    """Training photos that show the same as a test photo."""

    hash_distance: int = Field(
        description="bits of 64 in which the perceptual hashes of a pair may differ", ge=0, le=64
    )
    feature_similarity: float = Field(
        description="cosine that the features of a pair must reach too", ge=-1, le=1
    )
    remove: bool = Field(
        description="do not learn from them; else the scores' lower bounds say what that may gain"
    )


class Users(Section):
    """What a user's other photos tell of a photo, for systems that know whose photo it is."""

    history: float = Field(
        0.5,
        description="share of each held-out user's photos that only describe the user: they are "
        "neither learned from nor scored, by any system of the run",
        gt=0,
        lt=1,
    )
    seed: int = Field(0, description="salt of the hash that draws these photos")
    width: int = Field(32, description="numbers that a user's features are reduced to", gt=0)
    makers: int = Field(
        8, description="makers of cameras told apart, those of most training users", gt=0
    )


class Compute(Section):
    """Where and how the systems are trained whose backbone learns too."""

    device: str = Field("cpu", description="as torch names it: cpu, cuda or cuda:1")
    precision: Literal["fp32", "bf16"] = Field(
        "fp32", description="of the backbone's passes; the weights stay fp32"
    )
    compile: bool = Field(
        False, description="by torch.compile: minutes at the start, which long trainings regain"
    )
    loaders: int = Field(2, description="threads that decode pictures; they change no result", gt=0)


class Train(Section):
    """Which taggers are trained, and how often."""

    seeds: list[int] = Field(description="each tagger is trained once for each", min_length=1)
    systems: dict[str, System] = Field(description="the systems by name, each a preset")
    compute: Compute = Field(
        Compute(), description="where and how those with `backbone: trained` are"
    )


class Score(Section):
    """How predictions are judged."""

    bridges: list[Literal["exact", "lemma", "synset", "embedding"]] = Field(
        description="how a model's tags meet another corpus' words", min_length=1
    )
    min_test_photos: int = Field(description="test photos a word needs to be scored", ge=1)
    resamples: int = Field(description="bootstrap resamples over photos", gt=0)
    seed: int = Field(description="seed of the bootstrap")


class Report(Section):
    """What the page shows."""

    photos: int = Field(description="test photos shown for each test corpus", ge=0)
    show_photos: bool = Field(description="false where the pictures' terms forbid showing them")


class Export(Section):
    """The tagger that `phototags tag` and `phototags search` use."""

    train: str = Field(description="its training corpus")
    system: str = Field(description="its system")
    seed: int = Field(description="its seed")


class Params(Section):
    """All of params.yaml."""

    run: str = Field(
        description="name of the run; results go to results/{run}", pattern=r"^[a-z0-9-]+$"
    )
    instruction_set: Literal["avx2", "native"] = Field(
        description="processor instructions to use; avx2: those that every x86-64 of today has"
    )
    experiments: list[Experiment] = Field(description="what is learned and tested", min_length=1)
    corpora: Corpora
    download: Download = Download()
    vocabulary: Vocabulary
    split: Split
    embed_tags: EmbedTags
    embed_photos: EmbedPhotos
    contamination: Contamination
    users: Users | None = Field(
        None, description="histories of users, where a system wants them; null has none"
    )
    train: Train
    score: Score
    report: Report
    export: Export

    @model_validator(mode="after")
    def every_start_is_trained(self) -> "Params":
        refuse_unknown_systems(self.experiments, self.train.systems)
        refuse_wrong_starts(self.experiments, self.train.systems)
        return self

    @model_validator(mode="after")
    def the_exported_tagger_is_trained(self) -> "Params":
        trained = taggers(self.experiments, self.train.systems)
        for name, known in (
            (self.export.train, [train for train, _ in trained]),
            (self.export.system, [one for train, one in trained if train == self.export.train]),
            (self.export.seed, self.train.seeds),
        ):
            if name not in known:
                known = list(dict.fromkeys(known))
                raise ValueError(f"export names {name!r}, but this run trains only {known}")
        return self

    @model_validator(mode="after")
    def users_are_described_where_a_system_wants_them(self) -> "Params":
        systems = self.train.systems.items()
        wanting = [name for name, system in systems if isinstance(system, Conditional)]
        if wanting and self.users is None:
            raise ValueError(f"{wanting[0]} needs the section users, but that is null")
        return self

    @model_validator(mode="after")
    def a_backbone_that_learns_is_one(self) -> "Params":
        systems = self.train.systems.items()
        learning = [name for name, system in systems if learns_backbone(system)]
        if learning and "+" in self.embed_photos.backbone:
            raise ValueError(
                f"{learning[0]} with `backbone: trained` needs one embed_photos.backbone, but that "
                f"is {self.embed_photos.backbone}"
            )
        return self


def validate(params: dict, where: str = "params.yaml") -> Params:
    """The typed params.

    Raises:
        ParamsError: one line for each mistake: which key, what was found, what is allowed.
    """
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


def read_params(path: Path | str) -> Params:
    """The typed params of a yaml file."""
    return validate(yaml.safe_load(Path(path).read_text()), str(path))
