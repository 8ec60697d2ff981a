"""Files of params are small plain YAML in UTF-8, and each value in them is a sensible one."""

import copy
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from phototags.corpora.user_salt import PUBLIC, hash_salt, read_recorded_salt, read_salt
from phototags.errors import ParamsError
from phototags.params.vocabulary import Vocabulary
from phototags.tags.word_files import list_word_files
from phototags.workflow.config import validate_params
from phototags.workflow.params_files import check_params_file
from phototags.workflow.plan import make_plan

ROOT = Path(__file__).parents[2]
BASE = yaml.safe_load((ROOT / "params.yaml").read_text())


def plan(path: str, value):
    """Plan the default run with one other value, at `a.b.0.c`."""
    params = copy.deepcopy(BASE)
    *above, last = path.split(".")
    holder = params
    for key in above:
        holder = holder[int(key)] if isinstance(holder, list) else holder.setdefault(key, {})
    holder[int(last) if isinstance(holder, list) else last] = value
    return make_plan(validate_params(params))


LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 20)
)


@pytest.mark.parametrize(
    "content",
    [
        b"run: a\nrun: b\n", b"corpora: {mirror: x, mirror: y}\n", b"corpora:\n\tmirror: x\n",
        b"run: a\n---\nrun: b\n", b'run: "a\\0b"\n', b"run: a\0b\n", b"run: caf\xe9\n",
        "run: a\n".encode("utf-16"), b"corpora: &a\n  tables: *a\n", b"run: !foo x\n",
        b'run: !!python/object/apply:os.system ["true"]\n', b"run: !!python/name:os.system\n",
        LAUGHS.encode(), b"run: " + b"[" * 3000 + b"]" * 3000, b"run: " + b"x" * (1 << 20),
        b"run: .inf\n", b"run: .nan\n", b"run: 1" + b"0" * 40 + b"\n", b"run: [\n",
        b"a: &a 1\n" + b"b: [" + b"*a," * 200 + b"]\n",
    ],
)  # fmt: skip
def test_a_file_of_something_else_is_refused(tmp_path, content):
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(ParamsError, match="x.yaml should be a YAML file of params in UTF-8"):
        check_params_file(tmp_path / "x.yaml")


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none", Path("/dev/zero")):
        with pytest.raises(ParamsError):
            check_params_file(path)


@pytest.mark.parametrize(
    "path", [ROOT / "params.yaml", *(ROOT / "presets").glob("*.yaml")], ids=str
)
def test_our_own_files_say_the_same_to_any_yaml(path):
    assert check_params_file(path) == yaml.safe_load(path.read_text())


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text(max_size=20)
    | some.floats(-1e15, 1e15),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=9), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_plain_values_come_back(tmp_path_factory, values):
    path, text = tmp_path_factory.mktemp("yaml") / "x.yaml", yaml.safe_dump(values)
    path.write_text(text, encoding="utf-8")
    try:
        assert check_params_file(path) == values
    except ParamsError:
        assert "\0" in str(values) or "\\x00" in repr(values)


@given(some.binary(max_size=300) | some.text(max_size=300).map(str.encode))
def test_no_bytes_raise_anything_else(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("yaml") / "x.yaml"
    path.write_bytes(content)
    try:
        check_params_file(path)
    except ParamsError as error:
        assert str(error)


CIRCLE: list = []
CIRCLE.append(CIRCLE)
DEEP: object = "x"
for _ in range(8):
    DEEP = [DEEP] * 9
NAMES = ["a/b", "a b", "../x", "..", ".", "", "a\nb", "tagger", "index", "box", "seed0", "a" * 65,
         "-x", "{x}", "a*b", "a:b", "a\\b", "$(id)", ".hidden", "x.", "a\0b", "a\x1bb"]  # fmt: skip


@pytest.mark.parametrize("name", [*NAMES, "wordnet", "openclipart", "yfcc100m"])
def test_a_corpus_has_a_name_of_its_own(name):
    with pytest.raises(ParamsError):
        plan("corpora.tables", {name: {"photos": 10}}) and plan("experiments.0.train", name)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_systems_and_corpora_are_no_paths(name):
    for path in ("experiments.0.train", "experiments.0.test.0", "corpora.samples"):
        with pytest.raises(ParamsError):
            plan(path, {name: 3} if path.endswith("samples") else name)
    params = copy.deepcopy(BASE)
    params["train"]["systems"][name] = {"model": "random"}
    with pytest.raises(ParamsError):
        validate_params(params)


@pytest.mark.parametrize(
    "path, values",
    [
        ("corpora.samples", [{"openclipart": one} for one in (-5, 0, 1.5, True, 10**30, "9")]),
        ("corpora.samples", [{"opencilpart": 50}, {"openclipart": None}]),
        ("run", ["-rf", "../x", "a/b", "", "x\n", 5, "A", CIRCLE, DEEP]),
        ("rnu", [CIRCLE, "x"]), ("corpora.licences", [[], [""], "CC", DEEP]),
        ("corpora.shard_photos", [-1, 0, 10**30, math.nan, math.inf, "2k", 1.5]),
        ("corpora.max_pixels", [10**40, -1, math.inf]), ("corpora.salt", ["pepper", ""]),
        ("vocabulary.min_effective_users", [math.inf, math.nan]),
        ("split.test", [1.0, 0, math.nan]), ("split.seed", [10**30]),
        ("embed_tags.dimensions", [10**9, 0]), ("embed_photos.batch_size", [10**12]),
        ("embed_tags.learning_rate", [math.inf]), ("train.seeds", [[], [0, 0], [-1], [10**30]]),
        ("train.seeds", [list(range(100_000))]), ("train.systems.x", [None, {"model": "evil"}]),
        ("train.systems.x", [{"model": "multihot", "epochs": 1, "patience": 1, "hidden": one}
                             for one in ([-5], [10**9], [0], [1] * 1000)]),
        ("download.contact", ["a@b\nX-Evil: 1", "a\rb", "a\0b", "a\x7fb", "x" * 300]),
        ("download.timeout", [math.inf, 0]), ("download.max_redirects", [10**9]),
        ("download.placeholders", [["not a hash"], ["AB" * 32]]), ("score.resamples", [-1, 10**12]),
        ("report.photos", [-1, 10**9]), ("corpora.removals", [5, []]),
    ],
)  # fmt: skip
def test_values_without_sense_are_refused(path, values):
    for value in values:
        with pytest.raises(ParamsError):
            plan(path, value)


def test_the_salt_comes_from_outside_and_only_its_hash_is_recorded(tmp_path, monkeypatch):
    for name in ("PHOTOTAGS_SALT", "PHOTOTAGS_SALT_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert read_salt() == PUBLIC
    (tmp_path / "salt").write_text("pepper\n")
    monkeypatch.setenv("PHOTOTAGS_SALT_FILE", str(tmp_path / "salt"))
    assert read_salt() == read_recorded_salt(hash_salt("pepper")) == "pepper"
    monkeypatch.setenv("PHOTOTAGS_SALT", "mine")
    assert read_salt() == "mine" and "mine" not in hash_salt("mine")
    with pytest.raises(ParamsError, match="another salt"):
        read_recorded_salt(hash_salt("pepper"))
    monkeypatch.setenv("PHOTOTAGS_SALT", " ")
    with pytest.raises(ParamsError, match="empty"):
        read_salt()
    monkeypatch.delenv("PHOTOTAGS_SALT")
    monkeypatch.setenv("PHOTOTAGS_SALT_FILE", str(tmp_path / "none"))
    with pytest.raises(ParamsError, match="PHOTOTAGS_SALT_FILE"):
        read_salt()


def test_lists_of_words_are_inputs_of_the_vocabulary(tmp_path, monkeypatch):
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).write_text("sea\n")
    keys = ("aliases", "blacklist", "whitelist", "match")
    files = dict(zip(keys, (str(tmp_path / name) for name in "abcd"), strict=True))
    known = BASE["vocabulary"]
    assert list_word_files(Vocabulary(**known, **files)) == sorted(files.values())
    assert (
        list_word_files(Vocabulary(**known))
        == list_word_files(Vocabulary(**known, match="imagenet"))
        == []
    )
    with pytest.raises(ParamsError, match="vocabulary.blacklist should name a file"):
        list_word_files(Vocabulary(**known, blacklist=str(tmp_path / "none")))
    rule = (ROOT / "rules/tags.smk").read_text()
    assert "lists=WORD_LISTS" in rule
