# ruff: noqa: F811
"""A folder of a tagger from strangers: whatever is in it, a named error or a sound answer."""

import json
import os
import shutil
import struct

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file, save_file

from phototags.cli import main
from phototags.commands.common import BOX
from phototags.errors import ModelError
from phototags.evaluation.probabilities import read_probabilities
from phototags.export.tag_photos import check_scores, load_exported
from phototags.io.storage import write_tensors
from phototags.io.tagger_config import check_backbone, read_tagger_config
from phototags.search.index import read_index
from phototags.search.search_index import read_search_index
from phototags.systems.tagger import load
from phototags.tags.vocabulary import read_vocabulary
from tests.test_cli import home  # noqa: F401, a fixture

FOLDER, INDEX = "models/pictures/tagger", "models/pictures/index/shapes"
TAG, SEARCH = ["tag", "--top", "2", "rose.png"], ["search", "red"]
SYSTEM = {"model": "im2vec", "epochs": 1, "patience": 1, "scaling": "none"}


def refused(capsys, *commands):
    """Each command ends with exit code 2 and one line of error, without a traceback."""
    for command in commands:
        assert main(command) == 2, command
        said = capsys.readouterr()
        assert said.err.startswith("phototags: error: ") and "Traceback" not in said.err
        assert said.out == ""


def change_config(folder, **values):
    path = folder / FOLDER / "config.json"
    config = {**json.loads(path.read_text()), **values}
    path.write_text(json.dumps({key: one for key, one in config.items() if one is not ...}))


CONFIGS = [
    b"", b"hello", b"[]", b"null", bytes(100), "{}".encode("utf-16"), b"[" * 100_000,
    b'{"a":"\xff"}', b'{"system":' + b"9" * 5000 + b"}", b'{"system":1,"system":2}',
    b'{"system":{"model":"frequency"},"features":NaN,"tags":3,"backbone":"tiny"}',
]  # fmt: skip


@pytest.mark.parametrize("content", CONFIGS)
def test_a_config_that_is_none_is_refused(home, capsys, content):
    (home / FOLDER / "config.json").write_bytes(content)
    refused(capsys, TAG, SEARCH, ["near", "--model", FOLDER, "red"])


BACKBONES = [
    3, None, ["efficientnet_lite0"], "../../evil", "timm:hf_hub:evil/x", "timm:hf-hub:evil/x",
    "timm:local-dir:/tmp/evil", "os:system(1)", "torchvision:a/b", "+".join(["tiny"] * 9), "a b",
    "",     "efficientnet_lite0@٣٣", "tiny@1e9", "x" * 500, "tiny\n", "http://evil.example/x", ...,
]  # fmt: skip


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_backbone_that_is_no_name_is_refused(home, capsys, backbone):
    change_config(home, backbone=backbone)
    refused(capsys, TAG)


@pytest.mark.parametrize(
    "values",
    [
        *({"features": one} for one in ("3", -1, 0, 10**7, 10**30, 3.5, None, ..., True, 4, 2)),
        *({"tags": one} for one in ("3", 4, 2, 0, -3, None, ..., 10**12, [3])),
        *({"system": SYSTEM | {"hidden": one}} for one in ([60_000] * 2, [-5], [0], [1] * 99, "x")),
        {"system": SYSTEM | {"hidden": [1] * 20_000}},
        {"system": SYSTEM | {"scaling": "__import__"}},
        *({"system": {"model": one}} for one in ("random", "frequency", "kernel-ridge", "evil.x")),
        {"system": {"model": "neighbours", "neighbours": 5}},
        {"system": {"model": "user-biased", "descriptors": [], "epochs": 1, "patience": 1}},
        {"system": None}, {"system": ...}, {"system": "im2vec"}, {"system": []},
    ],
)  # fmt: skip
def test_a_config_that_does_not_fit_the_tensors_is_refused(home, capsys, values):
    change_config(home, **values)
    refused(capsys, TAG)


@pytest.mark.parametrize(
    "values",
    [{"train": one} for one in ("../index/x", "/etc", 5, ["a"], "a/b", "..", "a\0b", "", None)]
    + [{"seed": one} for one in ("0/../../x", "0", -1, 1.5, None, True, ..., 10**30)],
)
def test_a_corpus_or_seed_that_is_a_path_is_refused(home, capsys, values):
    change_config(home, **values)
    refused(capsys, ["near", "--model", FOLDER, "red"], *([SEARCH] * ("train" in values)))


def change_tensors(folder, **values):
    path = folder / FOLDER / "model.safetensors"
    tensors = {**load_file(path), **values}
    write_tensors(path, {key: one for key, one in tensors.items() if one is not ...})


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    "values",
    [
        {"bias": torch.full((3,), NAN)}, {"bias": torch.full((3,), INF)}, {"bias": torch.zeros(0)},
        {"bias": torch.zeros(3, dtype=torch.int64), "tag_vectors": torch.zeros(3)},
        {"tag_vectors": torch.zeros(3)}, {"tag_vectors": torch.zeros(4, 3), "bias": torch.zeros(4)},
        {"tag_vectors": torch.zeros(2, 3), "bias": torch.zeros(2)}, {"evil": torch.zeros(3)},
        {"bias": ...}, {"tag_vectors": ...}, {"tag_vectors": torch.zeros(3, 0)},
        {"tag_vectors": torch.full((3, 3), 3e38), "bias": torch.full((3,), NAN)},
        {"bias": torch.zeros(3, dtype=torch.complex64)},
    ],
)  # fmt: skip
def test_tensors_of_another_shape_or_not_finite_are_refused(home, capsys, values):
    change_tensors(home, **values)
    refused(capsys, TAG, [*TAG, "--json"])


def test_weights_that_overflow_give_no_json_that_is_none(home, capsys):
    big = {name: torch.full_like(one, 3e38) for name, one in
           load_file(home / FOLDER / "model.safetensors").items()}  # fmt: skip
    change_tensors(home, **big)
    refused(capsys, [*TAG, "--json"])


def header(values: dict, size: int) -> bytes:
    text = json.dumps(values).encode()
    return struct.pack("<Q", len(text)) + text + bytes(size)


ONE = {"dtype": "F32", "shape": [1000], "data_offsets": [0, 4000]}
FILES = [
    b"", b"hello", struct.pack("<Q", 2**62) + bytes(99), struct.pack("<Q", 10**8) + b" " * 1000,
    header({"a": ONE, "b": ONE}, 4000), header({"a": ONE | {"shape": [10**12]}}, 4000),
    header({"a": ONE, "__metadata__": {"about": "[" * 100_000}}, 4000),
    header({"a": ONE, "__metadata__": {"about": "NaN"}}, 4000),
]  # fmt: skip


@pytest.mark.parametrize("content", FILES)
@pytest.mark.parametrize("name", [f"{FOLDER}/model", f"{FOLDER}/calibration", INDEX])
def test_files_that_hold_no_tensors_are_refused(home, capsys, content, name):
    (home / f"{name}.safetensors").write_bytes(content)
    refused(capsys, SEARCH if name == INDEX else TAG)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocabulary.tsv"])
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: None])
def test_what_is_no_file_is_refused_at_once(home, capsys, name, make):
    (home / FOLDER / name).unlink()
    make(home / FOLDER / name)
    refused(capsys, TAG, SEARCH)


def test_a_pickle_in_place_of_tensors_is_not_run(home, capsys):
    torch.save({"a": torch.zeros(3)}, home / FOLDER / "model.safetensors")
    refused(capsys, TAG)


@pytest.mark.parametrize(
    "tensors",
    [
        {"tags": torch.tensor(10**9), "seed": torch.tensor(1)},
        {"tags": torch.tensor(-5), "seed": torch.tensor(1)},
        {"tags": torch.tensor(3), "seed": torch.tensor(-1)},
        {"tags": torch.tensor([3, 3]), "seed": torch.tensor(1)},
        {"counts": torch.zeros(3, 3)}, {"a": torch.zeros(3, 3)},
        {"features": torch.zeros(2, 3), "tags": torch.tensor([0, 9]), "counts": torch.zeros(3),
         "ends": torch.tensor([0, 1, 2])},
        {"features": torch.zeros(2, 3), "tags": torch.tensor([0, 1]), "counts": torch.zeros(3),
         "ends": torch.tensor([0, 9, 2])},
        {"features": torch.zeros(2, 3), "tags": torch.tensor([0, 1]), "counts": torch.zeros(3),
         "ends": torch.tensor([0, 10**15])},
    ],
)  # fmt: skip
@pytest.mark.parametrize("model", ["random", "frequency", "neighbours", "kernel-ridge"])
def test_tensors_of_a_baseline_are_checked_too(home, tensors, model):
    change_config(home, system={"model": model} | ({"neighbours": 1} if model[0] == "n" else {}))
    write_tensors(home / FOLDER / "model.safetensors", tensors)
    with pytest.raises(ModelError):
        load(home / FOLDER)


HEAD = "tag\tphotos\tusers\n"
ROWS = [HEAD, "red\t9\t3\n", "green\t9\t3\n", "blue\t9\t3\n"]


def vocabulary(row, head=HEAD):
    return (head + "".join(ROWS[1:3]) + row).encode()


VOCABULARIES = [
    b"", HEAD.encode(), vocabulary("red\t9\t3\n"), vocabulary("\t9\t3\n"),
    vocabulary("blue\t\t3\n"), vocabulary("blue\tmany\t3\n"), vocabulary("blue\t-9\t3\n"),
    vocabulary(f"blue\t{'9' * 30}\t3\n"),
    vocabulary("bl\0ue\t9\t3\n"), vocabulary("bl\x1b[2Jue\t9\t3\n"), vocabulary('"bl\nue"\t9\t3\n'),
    vocabulary("blue\t9\t3\n").replace(b"blue", b"bl\xffue"), vocabulary("a" * 10**6 + "\t9\t3\n"),
    vocabulary("blue\t9\t3\tx\n"), vocabulary("blue\t9\n"), vocabulary("blue\t9\t3\nsky\t1\t1\n"),
    vocabulary(""), "\t".join(ROWS).encode(),
]  # fmt: skip


@pytest.mark.parametrize("content", VOCABULARIES)
def test_a_vocabulary_that_is_none_is_refused(home, content):
    (home / FOLDER / "vocabulary.tsv").write_bytes(content)
    with pytest.raises(ModelError):
        load_exported(home / FOLDER)
    with pytest.raises(ModelError):
        read_search_index(home / FOLDER, "shapes")


@pytest.mark.parametrize("word", ["<script>alert(1)</script>", "../../etc/passwd", "=1+1"])
def test_words_are_only_words(home, capsys, word):
    (home / FOLDER / "vocabulary.tsv").write_bytes(vocabulary(f"{word}\t9\t3\n"))
    assert main(["tag", "--top", "1", "sky.png"]) == 0
    assert capsys.readouterr().out == f"sky.png\n    1.00  {word}\n"


def change_table(home, **columns):
    path = home / f"{INDEX}.parquet"
    table = pq.read_table(path)
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, path)


@pytest.mark.parametrize(
    "columns",
    [
        {"tags": pa.nulls(2, pa.list_(pa.string()))}, {"tags": pa.array(["abc"] * 2)},
        {"tags": pa.array([[1, 2]] * 2)}, {"tags": pa.array([[None, "a"]] * 2)},
        {"title": pa.array([1, 2])}, {"title": pa.array([[1], [2]])}, {"row": pa.array(["x", "y"])},
        {"photo_id": pa.nulls(2, pa.string())}, {"row": pa.nulls(2, pa.int64())},
        {"file": pa.array([1, 2])},
    ],
)  # fmt: skip
def test_a_table_of_other_types_is_refused(home, capsys, columns):
    change_table(home, **columns)
    refused(capsys, SEARCH)


@pytest.mark.parametrize(
    "file", ["../../../../etc/passwd", "00000.tar/../../../etc/passwd", "/etc/passwd", "nope/1.png",
             "00000.tar/99999999.png", "00000.tar/x.png", ""]
)  # fmt: skip
def test_a_file_that_is_in_no_shard_is_a_named_error(home, capsys, file):
    change_table(home, file=pa.array([file] * 2))
    assert main([*SEARCH, "--out", "found.html"]) == 2
    assert "Traceback" not in capsys.readouterr().err and not (home / "found.html").exists()


def test_a_table_of_other_columns_or_rows_or_cut_is_refused(home, capsys):
    path = home / f"{INDEX}.parquet"
    table, content = pq.read_table(path), path.read_bytes()
    for other in (table.rename_columns([name.upper() for name in table.column_names]),
                  table.slice(0, 1), pa.concat_tables([table, table])):  # fmt: skip
        pq.write_table(other, path)
        refused(capsys, SEARCH)
    for cut in (content[:-100], b"PAR1" + bytes(100) + b"PAR1", b""):
        path.write_bytes(cut)
        refused(capsys, SEARCH)


def test_a_table_of_nulls_without_end_is_refused_unread(home, capsys, monkeypatch):
    monkeypatch.setattr("phototags.search.index.MAX_ROWS", 1)
    refused(capsys, SEARCH)


@pytest.mark.parametrize(
    "vectors",
    [torch.zeros(2), torch.zeros(2, 7), torch.zeros(2, 3, dtype=torch.int64), torch.zeros(3, 3),
     torch.zeros(2, 3, dtype=torch.float64), torch.full((2, 3), NAN), torch.full((2, 3), INF),
     torch.zeros(2, 3, dtype=torch.bfloat16), torch.zeros(2, 0)],
)  # fmt: skip
def test_vectors_of_another_kind_are_refused(home, capsys, vectors):
    path = home / f"{INDEX}.safetensors"
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        about = file.metadata()
    save_file({"vectors": vectors}, path, metadata=about)
    refused(capsys, SEARCH)


@pytest.mark.parametrize(
    "about",
    [[], None, "x", 3, {}, {"corpus": "shapes"}, {"corpus": [1], "model": "x"},
     {"corpus": "<b>x", "model": "x"}, {"corpus": "shapes", "model": 5},
     {"corpus": "shapes", "model": "other"}, {"corpus": "shapes", "model": "x", "zero_shot": {}}],
)  # fmt: skip
def test_an_index_of_something_else_is_refused(home, capsys, about):
    tensors = load_file(home / f"{INDEX}.safetensors")
    write_tensors(home / f"{INDEX}.safetensors", tensors, about)
    refused(capsys, SEARCH)


@pytest.mark.parametrize(
    "corpus", ["../../evil", "/etc/passwd", "..", "a\0b", "nope", "*", "shapes/..", "."]
)
def test_a_corpus_that_is_a_path_is_refused(home, capsys, corpus):
    refused(capsys, [*SEARCH, "--corpus", corpus])
    with pytest.raises(ModelError):
        read_index(home / "models/pictures/index", corpus)


def test_tag_vectors_that_do_not_fit_are_refused(home, capsys):
    run = home / "models/pictures/shapes"
    shutil.copytree(home / FOLDER, run)
    (run / "candidates.tsv").write_text("")
    path = run / "seed0/tag_vectors.safetensors"
    near = ["near", "--model", str(run), "red"]
    write_tensors(path, {"vectors": torch.eye(3)})
    assert main(near) == 0
    capsys.readouterr()
    for vectors in (
        torch.zeros(3),
        torch.zeros(4, 3),
        torch.full((3, 3), NAN),
        torch.zeros(3, 3, 3),
    ):
        write_tensors(path, {"vectors": vectors})
        refused(capsys, near)
    write_tensors(path, {"other": torch.zeros(3, 3)})
    refused(capsys, near)


def test_names_that_backbones_have_are_names():
    for name in ("clip_vit_b16", "efficientnet_lite0:layers+torchvision:resnet18",
                 "timm:vit_base_patch16_clip_224.openai@224"):  # fmt: skip
        assert check_backbone(name) == name


def test_the_tagger_in_the_box_passes_its_checks():
    config = read_tagger_config(BOX, ("backbone", "features", "tags", "train"))
    tagger = load(BOX)
    check_scores(tagger, config["features"], config["tags"], BOX)
    vocabulary = read_vocabulary(BOX / "vocabulary.tsv")
    assert len(vocabulary) == config["tags"]
    assert read_probabilities(BOX / "calibration.safetensors", len(vocabulary)).photos > 0


def test_a_sound_folder_is_read(home, capsys):
    assert main(TAG) == 0 and main(SEARCH) == 0
    assert read_tagger_config(home / FOLDER)["tags"] == 3
    assert np.isfinite(read_search_index(home / FOLDER, "shapes").tag_vectors).all()
