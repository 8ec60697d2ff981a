"""Several processes learn what one learns; nothing but the order of sums may differ."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from phototags.errors import ModelError, ParamsError
from phototags.features.backbones import extract_features, load_backbone
from phototags.features.feature_cache import write_features
from phototags.io.storage import read_tensors, write_tensors
from phototags.systems.im2vec import Im2Vec
from phototags.systems.tagger import BACKBONE, load, own_backbone
from phototags.training.distributed.run_part import refuse_to_shard
from phototags.training.distributed.shared_batches import part_of_process
from phototags.training.end_to_end import train_with_backbone
from phototags.training.job import TrainJob, launch_processes
from phototags.training.run_job import train_tagger
from tests.presets import merge_presets
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
        torch.tensor(rows), expected, rtol=1e-5, atol=1e-6, check_dtype=False, equal_nan=True
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
    """What the workflow leaves for `train_tagger`; the folder is the working one."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
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
    return tmp_path


def im2vec(**keys) -> dict:
    """Settings of params.yaml, but short."""
    system = merge_presets([ROOT / "params.yaml"]).train.systems["im2vec"]
    return system.model_dump() | {"epochs": 2, "batch_size": 4} | keys


def make_job(to: str, system: dict, inputs=(), outputs=(), **compute) -> TrainJob:
    """A job as the rules describe it, which writes to the folder `to`."""
    models = "models/tiny/holidays"
    files = {name: f"{models}/{name}.parquet" for name in ("tags", "split")}
    files |= {"vocabulary": f"{models}/vocabulary.tsv", "users": [], "start": []}
    files |= {"vectors": f"{models}/seed0/tag_vectors.safetensors"}
    files |= {"features": ["data/features/efficientnet_lite0/holidays/00000.safetensors"]}
    params = {"system": system, "seed": 0, "backbone": "efficientnet_lite0", "compute": compute}
    params |= {"instruction_set": "native", "image_limits": [10**6, 10**6]}
    names = ["model.safetensors", "config.json", "history.csv", *outputs]
    written = {name.partition(".")[0]: f"{to}/{name}" for name in names}
    job = TrainJob(files | dict(inputs), written, params, "holidays")
    job.write()
    return job


def test_a_table_in_parts_is_written_whole_and_one_process_is_refused(done_run):
    sharded = {"processes": 2, "shard_tags": True}
    for to, keys in (("out", {"processes": 2}), ("parts", sharded)):
        launch_processes(make_job(to, im2vec(expectation="sampled"), **keys))
    found, wanted = (
        read_tensors(done_run / to / "model.safetensors")[0] for to in ("parts", "out")
    )
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-6)
    job = make_job("one", im2vec(expectation="sampled"), **sharded)
    alone = [sys.executable, "-m", "phototags.training.distributed", job.file]
    done = subprocess.run(alone, cwd=done_run, capture_output=True, text=True)
    assert done.returncode and "needs from 2 to 2 processes" in done.stderr


def test_what_makes_the_processes_fail_is_the_error_of_the_job(done_run):
    keys = {"model": "multihot", "epochs": 1, "patience": 1}
    with pytest.raises(ModelError, match="shard_tags is for im2vec and fast0tag.*is multihot"):
        launch_processes(make_job("out", keys, processes=2, shard_tags=True))


def find_workers(agent: int) -> list[int]:
    """The processes that torchrun started, whose own is a child of this one."""
    children = Path(f"/proc/{agent}/task/{agent}/children").read_text().split()
    found = [int(one) for one in children if b"distributed.run" in command_of(one)]
    return [int(one) for run in found
            for one in Path(f"/proc/{run}/task/{run}/children").read_text().split()
            if b"phototags.training.distributed" in command_of(one)]  # fmt: skip


def command_of(process: int | str) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


@pytest.mark.parametrize("victim", [0, 1])
def test_the_workflow_goes_on_from_the_checkpoint_after_a_process_was_killed(
    done_run, caplog, victim
):
    caplog.set_level("INFO")
    keys = {"epochs": 10, "patience": 10, "expectation": "sampled"}
    jobs = [
        replace(make_job(to, im2vec(**keys), processes=2), checkpoint_seconds=0.0)
        for to in ("quiet", "killed")
    ]
    jobs[1].write()
    launch_processes(jobs[0])
    checkpoint, killed = jobs[1].checkpoint_folder / "checkpoint.safetensors", []

    def kill_one() -> None:
        while not checkpoint.exists():
            time.sleep(0.05)
        killed.extend(find_workers(os.getpid()))
        os.kill(killed[victim], signal.SIGKILL)

    thread = threading.Thread(target=kill_one, daemon=True)
    thread.start()
    launch_processes(jobs[1])
    assert len(killed) == 2 and "going on after epoch" in caplog.text
    for name in ("model.safetensors", "history.csv"):
        expected = (done_run / "quiet" / name).read_bytes()
        assert (done_run / "killed" / name).read_bytes() == expected


def test_torchrun_trains_what_the_workflow_would(done_run):
    job = make_job("elsewhere", im2vec())
    run(2, "phototags.training.distributed", job.file, "--to", "out", cwd=done_run)
    found = {path.name for path in (done_run / "out").iterdir()}
    assert found == {"model.safetensors", "config.json", "history.csv"}
    train_tagger(job)
    torch.testing.assert_close(load(done_run / "out").tensors(), load(job.folder).tensors())


def test_torchrun_starts_where_the_workflow_would(done_run):
    keys = {"model": "multihot", "hidden": [4], "epochs": 1, "patience": 1}
    start = {"train": "holidays", "system": "first", "layers": "frozen"}
    first = make_job("models/tiny/holidays/first/seed0", keys)
    run(1, "phototags.training.distributed", first.file, cwd=done_run)
    keys = keys | {"initialise_from": start, "max_train_photos": 5}
    second = make_job("out", keys, inputs={"start": [first.outputs["model"]]})
    run(2, "phototags.training.distributed", second.file, cwd=done_run)
    layers = [load(job.folder).tensors()["head.2.weight"] for job in (first, second)]
    assert layers[0].equal(layers[1])
    assert json.loads((done_run / "out/config.json").read_text())["photos"]["train"] == 5


def test_the_backbone_is_trained_on_several_processes_too(done_run, make_tar, make_picture):
    members = {f"{row:08d}.jpg": make_picture("JPEG", size=(40, 30)) for row in range(12)}
    inputs = {"shards": [str(make_tar("00000.tar", members))]}
    system = im2vec(backbone="trained")
    job = make_job("out", system, inputs, [BACKBONE], processes=2)
    train_with_backbone(job)
    photos = torch.zeros(1, 3, 224, 224, dtype=torch.uint8)
    backbone = load_backbone("efficientnet_lite0", own_backbone(done_run / "out"))
    assert load(done_run / "out").scores(extract_features(backbone, photos)).shape == (1, 2)
    assert len(pd.read_csv(done_run / "out/history.csv")) == 2


def test_what_the_workflow_has_not_made_yet_is_named(done_run):
    inputs = {"vectors": "models/tiny/holidays/seed7/tag_vectors.safetensors"}
    with pytest.raises(ModelError, match="seed7/tag_vectors.safetensors should be there"):
        make_job("out", im2vec(), inputs).refuse_missing_inputs()


def test_a_table_in_parts_needs_a_backbone_that_all_processes_judge_alike():
    keys = SYSTEMS["joint"].model_dump() | {"backbone": "trained"}
    with pytest.raises(ParamsError, match="needs batch_norm: frozen"):
        refuse_to_shard(Im2Vec(**keys), 9)
    with pytest.raises(ParamsError, match="needs from 2 to 9 processes"):
        refuse_to_shard(Im2Vec(**keys | {"batch_norm": "frozen"}), 9)


def test_a_frozen_backbone_has_no_normalisations_to_keep():
    with pytest.raises(ValueError, match="backbone is frozen"):
        Im2Vec(**SYSTEMS["joint"].model_dump() | {"batch_norm": "frozen"})
