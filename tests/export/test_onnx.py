"""A tagger as ONNX gives what torch gives, for every system that has an embedding."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image

from phototags.cli import main
from phototags.errors import ModelError
from phototags.evaluation.probabilities import STEPS, Probabilities, write_probabilities
from phototags.export.export_onnx import compare_with_torch, require_packages
from phototags.export.onnx_graph import WholeTagger, build_graph, quantise
from phototags.export.tag_photos import ExportedTagger, load_exported, tag_photos
from phototags.features.backbones import Backbone, JoinedBackbone
from phototags.features.embed_photos import embed_photos
from phototags.systems.registry import parse_system
from phototags.systems.tagger import save
from phototags.tags.vocabulary import TagVocabulary
from phototags.weights.fetch import ensure_weights

ROOT = Path(__file__).parents[2]
TAGS = [f"tag {number}" for number in range(30)]
BOXES = [(x, y, x + 320, y + h) for y, h in ((60, 220), (630, 180)) for x in (60, 490, 910, 1330)]
"""The eight photographs of docs/photographs.jpg."""


def calibrate(tags: int) -> Probabilities:
    """Probabilities that the order of scores survives; cuts at a tenth of the precision."""
    return Probabilities(np.full(tags, -1.0), np.full(tags, 0.5), STEPS / 10, 1.0, 9)


def answer(exported: ExportedTagger, photos: list[np.ndarray]) -> np.ndarray:
    """(N, T) of torch, photo by photo."""
    pictures = [torch.from_numpy(photo).permute(2, 0, 1).contiguous() for photo in photos]
    with torch.inference_mode():
        scores = exported.tagger.scores(embed_photos(exported.backbone, pictures, batch_size=1))
    values = scores.numpy()
    return exported.calibration.probabilities(values) if exported.calibration else values


def run(model: bytes | Path, photos: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {"photos": photos})[0]


def cosines(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return (first * second).sum(1) / lengths


@pytest.fixture(scope="module")
def photos() -> list[np.ndarray]:
    """Eight real photographs, two of them shown smaller, one upright."""
    sheet = Image.open(ROOT / "docs/photographs.jpg").convert("RGB")
    found = [sheet.crop(box) for box in BOXES]
    found[1], found[2] = found[1].resize((128, 90)), found[2].resize((500, 400))
    found[3] = found[3].transpose(Image.Transpose.ROTATE_90)
    return [np.array(photo) for photo in found]


def make_backbone(size: int, interpolation: str) -> Backbone:
    """A network of one convolution, (B, 3, size, size) -> (B, 6)."""
    torch.manual_seed(size)
    layers = torch.nn.Conv2d(3, 6, 5, 4), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()
    module = torch.nn.Sequential(*layers).eval().requires_grad_(False)
    means = (0.4, 0.5, 0.6), (0.2, 0.3, 0.25)
    return Backbone("tiny", 6, size, *means, interpolation, module, torch.float32)


def make_tagger(settings: dict, features: int) -> torch.nn.Module:
    """A tagger of a system with drawn weights, as its system restores it."""
    system = parse_system(settings)
    generator = torch.Generator().manual_seed(3)
    if settings["model"] == "logistic":
        return system.make_tagger(torch.randn(30, features, generator=generator), torch.zeros(30))
    width = (settings.get("hidden") or [features])[-1]
    if "dimensions" in settings:
        width = settings["dimensions"]
    table = torch.randn(30, width, generator=generator)
    more = (5,) if settings["model"].startswith("user") else ()
    return system.init_tagger(features, table, torch.arange(30.0) / 9, generator, *more).eval()


LEARNING = {"epochs": 1, "patience": 1}
SYSTEMS = [
    {"model": "logistic", "scaling": "length"},
    {"model": "multihot", "hidden": [8], "scaling": "root"} | LEARNING,
    {"model": "im2vec", "hidden": [], "scaling": "none"} | LEARNING,
    {"model": "asl", "hidden": []} | LEARNING,
    {"model": "bilinear", "dimensions": 4} | LEARNING,
    {"model": "user-multiplicative", "dimensions": 4} | LEARNING,
]


def put_together(settings: dict, *parts: Backbone, calibrated: bool = True) -> ExportedTagger:
    backbone = JoinedBackbone("joined", parts) if len(parts) > 1 else parts[0]
    tagger = make_tagger(settings, backbone.width)
    vocabulary = TagVocabulary(TAGS, [9] * 30, [9] * 30)
    return ExportedTagger(tagger, vocabulary, backbone, calibrate(30) if calibrated else None)


@pytest.mark.parametrize("settings", SYSTEMS, ids=lambda settings: settings["model"])
def test_what_is_exported_of_every_system_gives_its_probabilities(settings, photos):
    exported = put_together(settings, make_backbone(32, "bicubic"))
    whole = WholeTagger(exported, settings["model"]).eval()
    for photo in photos[:3]:
        with torch.no_grad():
            found = whole(torch.from_numpy(photo)[None]).numpy()
        np.testing.assert_allclose(found, answer(exported, [photo]), atol=1e-5)


@pytest.fixture(scope="module")
def joined() -> ExportedTagger:
    """A tagger that takes users, here unknown, and was never calibrated, on two networks."""
    parts = make_backbone(32, "bilinear"), make_backbone(48, "bicubic")
    return put_together(SYSTEMS[-1], *parts, calibrated=False)


@pytest.fixture(scope="module")
def graph(joined):
    return build_graph(joined, "user-multiplicative")


def test_joined_networks_each_get_photos_of_their_size(joined, graph, photos):
    assert [one.name for one in graph.graph.output] == ["scores"]
    for photo in photos[:3]:
        found = run(graph.SerializeToString(), photo[None])
        np.testing.assert_allclose(found, answer(joined, [photo]), atol=1e-5)


def test_a_batch_gives_each_photo_its_own(graph, photos):
    batch = np.stack([photos[0], photos[0][::-1], photos[0][:, ::-1] // 2])
    alone = [run(graph.SerializeToString(), photo[None]) for photo in batch]
    together = run(graph.SerializeToString(), batch)
    np.testing.assert_allclose(together, np.concatenate(alone), atol=1e-5)
    assert np.abs(together[0] - together[2]).max() > 1e-3


def test_the_same_tagger_gives_the_same_bytes_and_nothing_of_this_machine(joined, graph):
    contents = [
        one.SerializeToString(deterministic=True)
        for one in (graph, build_graph(joined, "user-multiplicative"))
    ]
    assert contents[0] == contents[1]
    assert str(ROOT).encode() not in contents[0] and b".py" not in contents[0]


def test_a_graph_of_other_numbers_than_torchs_is_refused(joined, graph):
    compare_with_torch(graph, joined)
    with torch.no_grad():
        joined.tagger.bias.add_(1)
    try:
        with pytest.raises(ModelError, match="should give torch's numbers"):
            compare_with_torch(graph, joined)
    finally:
        with torch.no_grad():
            joined.tagger.bias.sub_(1)


def write_folder(folder: Path, settings: dict, tagger, features: int, backbone: str) -> Path:
    """A tagger's folder, as `export_tagger` writes it."""
    config = {"backbone": backbone, "train": "shapes", "seed": 0, "features": features, "tags": 30}
    save(tagger, config | {"system": settings}, folder)
    rows = "".join(f"{tag}\t9\t3\n" for tag in TAGS)
    (folder / "vocabulary.tsv").write_text(f"tag\tphotos\tusers\n{rows}")
    write_probabilities(folder / "calibration.safetensors", calibrate(30))
    (folder / "MODEL_CARD.md").write_text("# A card\n")
    return folder


@pytest.fixture(scope="module")
def tagger(tmp_path_factory) -> Path:
    """The folder of a tagger on EfficientNet-Lite0."""
    model = make_tagger(SYSTEMS[0], 1280)
    with torch.no_grad():
        model.tag_vectors.mul_(0.1)
    folder = tmp_path_factory.mktemp("tagger")
    return write_folder(folder, SYSTEMS[0], model, 1280, "efficientnet_lite0")


@pytest.fixture(scope="module")
def boats(tagger, tmp_path_factory) -> Path:
    """The folder that the command writes."""
    folder = tmp_path_factory.mktemp("home") / "boats"
    assert main(["export", "--onnx", str(folder), "--model", str(tagger)]) == 0
    return folder


def test_real_photos_get_torchs_probabilities_and_first_tags(boats, tagger, photos):
    wanted = answer(load_exported(tagger, computed_in="fp32"), photos)
    found = np.concatenate([run(boats / "model.onnx", photo[None]) for photo in photos])
    assert cosines(found, wanted).min() > 0.9999
    assert np.array_equal(np.argsort(-found)[:, :5], np.argsort(-wanted)[:, :5])


def test_tags_stand_in_the_order_of_the_output_with_the_cut_for_half_right(boats):
    rows = list(csv.DictReader((boats / "tags.csv").open()))
    assert [row["tag"] for row in rows] == TAGS
    assert {float(row["cut"]) for row in rows} == {0.05}


def test_the_program_of_the_page_tags_photos_as_phototags_does(boats, tagger, photos):
    """With onnxruntime, numpy and Pillow alone, and photos from PNG and a large JPEG."""
    program = re.search(r"```python\n(.*?)```", (ROOT / "docs/onnx.md").read_text(), re.S)[1]
    assert len(program.splitlines()) <= 22
    refuse = "assert not {'torch', 'onnx', 'phototags', 'scipy'} & sys.modules.keys()\n"
    Image.fromarray(photos[0]).save(boats.parent / "a.png")
    large = Image.fromarray(photos[2]).resize((1500, 1200))
    large.save(boats.parent / "b.jpg", exif=bytes.fromhex(
        "457869660000" "49492a0008000000" "0100" "1201" "0300" "01000000" "06000000" "00000000"
    ))  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-c", program + refuse, "a.png", "b.jpg"],
        cwd=boats.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    exported = load_exported(tagger, precision=0.5, computed_in="fp32")
    wanted = []
    for photo in ("a.png", "b.jpg"):
        [found] = tag_photos(exported, [str(boats.parent / photo)], 10)
        wanted += [photo, *(f"{value:8.2f}  {tag}" for tag, value in found.tags)]
    assert made.stdout.splitlines() == wanted and len(wanted) > 6


def test_a_network_of_convolutions_is_not_written_in_8_bits(boats):
    with pytest.raises(ModelError, match="efficientnet_lite0 computes few matrix products"):
        quantise(onnx.load(boats / "model.onnx"), "efficientnet_lite0")


def test_matrix_products_in_8_bits_are_half_as_large_and_near(photos):
    settings = {"model": "multihot", "hidden": [300, 300], "scaling": "length"} | LEARNING
    exported = put_together(settings, make_backbone(32, "bicubic"))
    model = build_graph(exported, "multihot")
    whole = model.SerializeToString()
    small = quantise(model, "tiny").SerializeToString()
    assert len(small) < 0.5 * len(whole)
    found, wanted = (run(one, photos[0][None]) for one in (small, whole))
    assert 0 < np.abs(found - wanted).max() < 0.05


@pytest.mark.parametrize("name", ["frequency", "random"])
def test_a_system_without_an_embedding_is_refused_by_name(name, tmp_path, capsys):
    from phototags.systems.parts.baselines import FrequencyTagger, RandomTagger

    made = {"frequency": lambda: FrequencyTagger(torch.arange(30), False)}
    made["random"] = lambda: RandomTagger(30, 0)
    folder = write_folder(
        tmp_path / "tagger", {"model": name}, made[name](), 1280, "efficientnet_lite0"
    )
    assert main(["export", "--onnx", str(tmp_path / "out"), "--model", str(folder)]) == 2
    assert f"the system {name} should score tags by a photo's embedding" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_its_packages_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr("phototags.export.export_onnx.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install 'phototags\[onnx\]'"):
        require_packages()


def test_the_tagger_in_the_box_gives_real_photos_torchs_tags(photos, tmp_path):
    try:
        ensure_weights("clip_vit_b16")
    except ModelError as error:
        pytest.skip(str(error))
    assert main(["export", "--onnx", str(tmp_path)]) == 0
    from phototags.commands.common import BOX

    exported = load_exported(BOX, computed_in="fp32")
    wanted = answer(exported, photos)
    found = np.concatenate([run(tmp_path / "model.onnx", photo[None]) for photo in photos])
    assert cosines(found, wanted).min() > 0.9999
    assert np.array_equal(np.argsort(-found)[:, :5], np.argsort(-wanted)[:, :5])
    assert json.loads((BOX / "config.json").read_text())["tags"] == found.shape[1]
