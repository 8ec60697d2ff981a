"""Several processes learn what one learns; nothing but the order of sums may differ."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch

from phototags.errors import ModelError, ParamsError
from phototags.features.backbones import extract_features, load_backbone
from phototags.features.feature_cache import write_features
from phototags.io.storage import read_tensors, write_tensors
from phototags.systems.im2vec import Im2Vec
from phototags.systems.tagger import load, own_backbone
from phototags.training.distributed.parallel import refuse_to_shard
from phototags.training.distributed.shared_batches import part_of_process
from phototags.training.inputs import read_inputs
from phototags.training.run_inputs import inputs_of, merged
from phototags.training.train import train
from tests.training.shared import SHARDED, SYSTEMS, learned, learned_whole

ROOT = Path(__file__).parents[2]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]


def run(processes: int, *command: object, cwd: Path = ROOT, fails: bool = False) -> None:
    asked = [*TORCHRUN, str(processes), "-m", *map(str, command)]
    done = subprocess.run(asked, cwd=cwd, capture_output=True, text=True, timeout=1800)
    assert bool(done.returncode) == fails, done.stderr[-3000:]


@pytest.fixture(scope="module", params=[2])
def several(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"by{request.param}")
    run(request.param, "tests.training.shared", folder)
    return folder


@pytest.mark.parametrize("name", [*SYSTEMS, *(f"{name}.sharded" for name in SHARDED)])
def test_several_processes_learn_what_one_learns(name, several):
    tagger, history = learned(SYSTEMS[name.removesuffix(".sharded")])
    found, rows = read_tensors(several / f"{name}-0.safetensors")
    torch.testing.assert_close(found, tagger.tensors(), rtol=1e-4, atol=1e-6)
    expected = torch.tensor(history.astype(float).values)
    torch.testing.assert_close(
        torch.tensor(rows), expected, rtol=1e-5, atol=1e-6, check_dtype=False
    )


@pytest.mark.parametrize("name", SYSTEMS)
def test_all_processes_end_with_the_same_bytes(name, several):
    files = sorted(several.glob(f"{name}-*.safetensors"))
    assert len({file.read_bytes() for file in files}) == 1 < len(files)


def test_a_backbone_with_kept_statistics_learns_what_it_learns_on_one_process(several):
    expected, history = learned_whole("frozen", dropout=0.0)
    for process in (0, 1):
        found, rows = read_tensors(several / f"whole.frozen-{process}.safetensors")
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-5)
        assert rows == pytest.approx(history.astype(float).values, rel=1e-3)


def test_where_a_backbone_looks_at_its_batch_or_draws_all_processes_have_one_set_of_weights(
    several,
):
    """Only running statistics are each one's own; one process would have learned otherwise."""
    files = [several / f"whole.batch-{process}.safetensors" for process in (0, 1)]
    (first, rows), (second, others) = map(read_tensors, files)
    own = {name for name, values in first.items() if not values.equal(second[name])}
    assert own == {"backbone.1.running_mean", "backbone.1.running_var"}
    alone, _ = learned_whole("batch", dropout=0.5)
    assert rows == others and not first["backbone.0.weight"].equal(alone["backbone.0.weight"])


def test_killed_in_the_middle_of_an_epoch_they_go_on_with_the_same_bytes(several, tmp_path):
    for name in ("joint", "joint.sharded"):
        run(2, "tests.training.shared", tmp_path, name, 9, fails=True)  # six steps, the end, two
        assert not (tmp_path / f"{name}-0.safetensors").exists()
    run(2, "tests.training.shared", tmp_path)
    for file in several.glob("*-*.safetensors"):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name


def test_every_photo_of_a_batch_is_embedded_by_one_process():
    for photos in range(9):
        parts = [part_of_process(photos, process, 4) for process in range(4)]
        assert [photo for part in parts for photo in range(photos)[part]] == list(range(photos))


@pytest.fixture
def done_run(tmp_path, monkeypatch):
    """What the workflow leaves for `train_tagger`, and params that say so."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    generator = torch.Generator().manual_seed(0)
    rows, tags = torch.arange(12), [["sea"], ["sky"], ["sea", "sky"]] * 4
    features = torch.rand(12, 1280, generator=generator)
    models = tmp_path / "models/tiny/holidays"
    (models / "seed0").mkdir(parents=True)
    ids = [f"p{row}" for row in range(12)]
    pd.DataFrame({"row": rows, "photo_id": ids, "tags": tags}).to_parquet(models / "tags.parquet")
    split = pd.DataFrame({"row": rows, "part": ["train"] * 9 + ["validation"] * 3})
    split.to_parquet(models / "split.parquet")
    (models / "vocabulary.tsv").write_text("tag\tphotos\tusers\nsea\t6\t1\nsky\t6\t1\n")
    vectors = torch.rand(2, 3, generator=generator)
    write_tensors(models / "seed0/tag_vectors.safetensors", {"vectors": vectors})
    folder = tmp_path / "data/features/efficientnet_lite0/holidays"
    write_features(folder / "00000.safetensors", rows, features, "efficientnet_lite0")
    shutil.copyfile(ROOT / "params.yaml", tmp_path / "params.yaml")
    preset = {"run": "tiny", "train": {"systems": {"im2vec": {"epochs": 2, "batch_size": 4}}}}
    (tmp_path / "tiny.yaml").write_text(json.dumps(preset))
    return tmp_path


def test_a_table_in_parts_is_written_whole_and_one_process_is_refused(done_run):
    asked = ["im2vec", "--train", "holidays", "--params", "params.yaml", "tiny.yaml", "--to"]
    for to, *more in (("out",), ("parts", "--shard-tags")):
        run(2, "phototags.training.distributed.parallel", *asked, to, *more, cwd=done_run)
    found, wanted = (
        read_tensors(done_run / to / "model.safetensors")[0] for to in ("parts", "out")
    )
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-6)
    alone = [
        sys.executable,
        "-m",
        "phototags.training.distributed.parallel",
        *asked,
        "one",
        "--shard-tags",
    ]
    done = subprocess.run(alone, cwd=done_run, capture_output=True, text=True)
    assert done.returncode and "needs from 2 to 2 processes" in done.stderr


def test_torchrun_trains_what_the_workflow_would(done_run, monkeypatch):
    asked = ["im2vec", "--train", "holidays", "--to", "out", "--params", "params.yaml", "tiny.yaml"]
    run(2, "phototags.training.distributed.parallel", *asked, cwd=done_run)
    found = {path.name for path in (done_run / "out").iterdir()}
    assert found == {"model.safetensors", "config.json", "history.csv"}
    monkeypatch.chdir(done_run)
    params = merged([Path("params.yaml"), Path("tiny.yaml")])
    system = params.train.systems["im2vec"]
    inputs = read_inputs(inputs_of(params, "holidays", "im2vec", 0), system, 0)
    alone, _ = train(system, *inputs.parts, inputs.vectors, 0)
    torch.testing.assert_close(load(done_run / "out").tensors(), alone.tensors())


def test_torchrun_starts_where_the_workflow_would(done_run, monkeypatch):
    keys = {"model": "multihot", "hidden": [4], "epochs": 1, "patience": 1}
    start = {"train": "holidays", "system": "first", "layers": "frozen"}
    systems = {"first": keys, "second": keys | {"initialise_from": start, "max_train_photos": 5}}
    experiments = [{"train": "holidays", "test": ["holidays"]}]
    preset = {"run": "tiny", "experiments": experiments, "train": {"systems": systems}}
    (done_run / "tiny.yaml").write_text(json.dumps(preset | {"export": {"train": "holidays"}}))
    said = ["--train", "holidays", "--params", "params.yaml", "tiny.yaml", "--to"]
    first = done_run / "models/tiny/holidays/first/seed0"
    run(1, "phototags.training.distributed.parallel", "first", *said, first, cwd=done_run)
    run(2, "phototags.training.distributed.parallel", "second", *said, "out", cwd=done_run)
    layers = [load(folder).tensors()["head.2.weight"] for folder in (first, done_run / "out")]
    assert layers[0].equal(layers[1])
    assert json.loads((done_run / "out/config.json").read_text())["photos"]["train"] == 5


def test_the_backbone_is_trained_on_several_processes_too(done_run, make_tar, make_picture):
    members = {f"{row:08d}.jpg": make_picture("JPEG", size=(40, 30)) for row in range(12)}
    shards = done_run / "data/corpora/holidays/shards"
    shards.mkdir(parents=True)
    shutil.move(make_tar("00000.tar", members), shards)
    asked = ["im2vec", "--train", "holidays", "--to", "out", "--params", "params.yaml", "tiny.yaml"]
    run(2, "phototags.training.distributed.parallel", *asked, "--backbone", "trained", cwd=done_run)
    photos = torch.zeros(1, 3, 224, 224, dtype=torch.uint8)
    backbone = load_backbone("efficientnet_lite0", own_backbone(done_run / "out"))
    assert load(done_run / "out").scores(extract_features(backbone, photos)).shape == (1, 2)
    assert len(pd.read_csv(done_run / "out/history.csv")) == 2


def test_what_the_workflow_has_not_made_yet_is_named(done_run, monkeypatch):
    monkeypatch.chdir(done_run)
    params = merged([Path("params.yaml"), Path("tiny.yaml")])
    with pytest.raises(ModelError, match="seed7/tag_vectors.safetensors should be there"):
        inputs_of(params, "holidays", "im2vec", 7)


def test_a_table_in_parts_needs_a_backbone_that_all_processes_judge_alike():
    keys = SYSTEMS["joint"].model_dump() | {"backbone": "trained"}
    with pytest.raises(ParamsError, match="needs batch_norm: frozen"):
        refuse_to_shard(Im2Vec(**keys), 9)
    with pytest.raises(ParamsError, match="needs from 2 to 9 processes"):
        refuse_to_shard(Im2Vec(**keys | {"batch_norm": "frozen"}), 9)


def test_a_frozen_backbone_has_no_normalisations_to_keep():
    with pytest.raises(ValueError, match="backbone is frozen"):
        Im2Vec(**SYSTEMS["joint"].model_dump() | {"batch_norm": "frozen"})
