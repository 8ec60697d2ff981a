"""A killed training ends with the bytes of an undisturbed one; what is no use is not taken up."""

import itertools
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from phototags.io.storage import read_tensors, write_tensors
from phototags.systems.bilinear import Bilinear
from phototags.systems.im2vec import Im2Vec
from phototags.systems.khot import Khot
from phototags.systems.multihot import Multihot
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training import checkpoints
from phototags.training.averaging import MovingAverage
from phototags.training.batch_loader import BatchLoader
from phototags.training.checkpoints import Checkpoint, compute_fingerprint, hash_state
from phototags.training.context import TrainContext
from phototags.training.state import TrainState
from phototags.training.train import train

ROOT = Path(__file__).parents[2]
KEYS = {"epochs": 8, "patience": 8, "batch_size": 8}
SYSTEMS = [
    Multihot(model="multihot", ema_decay=0.9, dropout=0.2, accumulate_batches=2, **KEYS),
    Bilinear(model="bilinear", optimiser="sgd", init_std=0.1, max_trials=9, **KEYS),
    Im2Vec(
        model="im2vec", tag_vectors="joint", subsample_threshold=0.5, lr_schedule="plateau", **KEYS
    ),
    Im2Vec(model="im2vec", tag_vectors="joint", tag_optimiser="adagrad", **KEYS),
    Im2Vec(model="im2vec", tag_vectors="joint", expectation="exact", **KEYS),
]


EVERY_STEP = [
    *SYSTEMS,
    Im2Vec(
        model="im2vec", hidden=[4], draw_negatives="each_epoch", ema_decay=0.8, dropout=0.3, **KEYS
    ),
    Khot(
        model="khot",
        sampling="balanced",
        accumulate_batches=3,
        warmup_epochs=1,
        lr_schedule="cosine",
        **KEYS,
    ),
]


class Stopped(Exception):
    """What ends a training from outside."""


def photos() -> TaggedPhotos:
    generator = torch.Generator().manual_seed(0)
    tags = torch.randint(0, 5, (40, 1), generator=generator)
    return TaggedPhotos(
        [str(row) for row in range(40)], torch.rand(40, 6, generator=generator), tags
    )


def learned(system, checkpoint=None, on_epoch=lambda row: None):
    vectors = torch.rand(5, 3, generator=torch.Generator().manual_seed(1))
    return train(system, photos(), photos(), vectors, 0, TrainContext(checkpoint, on_epoch))


def stopped_after(epochs: int, system, checkpoint) -> None:
    def stop(row):
        if row["epoch"] > epochs:
            raise Stopped

    with pytest.raises(Stopped):
        learned(system, checkpoint, stop)


class Killed(Checkpoint):
    """Ends the training after so many writes."""

    def __init__(self, path: Path, writes: int):
        super().__init__(path, "same")
        self.left = writes

    def save(self, state):
        super().save(state)
        self.left -= 1
        if not self.left:
            raise Stopped


def equal(one, other) -> bool:
    weights = zip(one[0].tensors().items(), other[0].tensors().items(), strict=True)
    return one[1].equals(other[1]) and all(a == b and x.equal(y) for (a, x), (b, y) in weights)


def test_a_training_that_is_killed_again_and_again_ends_with_the_same_bytes(tmp_path):
    command = [sys.executable, "-m", "tests.training.killed", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    killed, resumed = map(int, done.stdout.split())
    assert killed == 12 and resumed > 3
    files = [tmp_path / f"{name}.safetensors" for name in ("undisturbed", "killed")]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.model)
@pytest.mark.parametrize("epochs", [1, 7])
def test_every_kind_of_system_goes_on_as_if_nothing_had_happened(system, epochs, tmp_path):
    checkpoint, told = Checkpoint(tmp_path / "state.safetensors", "same"), []
    stopped_after(epochs, system, checkpoint)
    assert equal(learned(system, checkpoint, told.append), learned(system))
    assert [row["epoch"] for row in told] == list(range(1, 9))


@pytest.mark.parametrize("system", EVERY_STEP, ids=lambda system: system.model)
def test_a_training_that_is_killed_after_any_step_goes_on_with_the_next_one(system, tmp_path):
    system = system.model_copy(update={"epochs": 2, "patience": 2})
    undisturbed, path = learned(system), tmp_path / "state.safetensors"
    for writes in itertools.count(1):
        try:
            learned(system, Killed(path, writes))
            break
        except Stopped:
            assert equal(learned(system, Checkpoint(path, "same")), undisturbed), writes
            path.unlink()
    assert writes > 6  # two epochs of two steps and an end at least


def test_after_a_kill_only_what_was_not_learned_is_shown(tmp_path, monkeypatch):
    path, shown = tmp_path / "state.safetensors", []
    with pytest.raises(Stopped):
        learned(SYSTEMS[1], Killed(path, 8))  # five batches, the epoch's end, two batches
    one = BatchLoader.iterate

    def followed(feed, epoch, learned, *drawn):
        shown.append((epoch, learned))
        return one(feed, epoch, learned, *drawn)

    monkeypatch.setattr(BatchLoader, "iterate", followed)
    learned(SYSTEMS[1], Checkpoint(path, "same"))
    assert shown == [(2, 2), *((epoch, 0) for epoch in range(3, 9))]


def test_a_state_that_takes_long_to_write_is_written_seldom(tmp_path, monkeypatch):
    """A clock that only writing moves: a second a write, so the next is after fifty."""
    now, written = [0.0], []
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: now[0])

    def write(path, tensors, about):
        written.append(now[0])
        now[0] += 1

    monkeypatch.setattr(checkpoints, "write_tensors", write)
    checkpoint = Checkpoint(tmp_path / "state.safetensors", "same", seconds=10)
    tagger = torch.nn.Linear(1, 1)
    learning = torch.optim.SGD(tagger.parameters()), MovingAverage(tagger, 0), torch.Generator()
    state = TrainState(tagger, *learning)
    while now[0] < 100:
        checkpoint.save(state)
        now[0] += 0.5
    assert written == [10, 61]


def test_a_training_that_had_ended_is_not_trained_on(tmp_path):
    system = SYSTEMS[0].model_copy(update={"patience": 1, "epochs": 90, "learning_rate": 1e-9})
    checkpoint = Checkpoint(tmp_path / "state.safetensors", "same")
    first = learned(system, checkpoint)
    assert len(first[1]) < 90
    assert equal(learned(system, checkpoint), first)


def test_a_checkpoint_of_other_settings_is_not_taken_up(tmp_path, caplog):
    path = tmp_path / "state.safetensors"
    stopped_after(3, SYSTEMS[0], Checkpoint(path, "one"))
    caplog.set_level(logging.INFO)
    assert equal(learned(SYSTEMS[0], Checkpoint(path, "another")), learned(SYSTEMS[0]))
    assert "other settings or photos" in caplog.text and "going on" not in caplog.text


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def turned(content: bytes) -> bytes:
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


@pytest.mark.parametrize("damage", [cut, turned, lambda _: b"", lambda _: b"no safetensors" * 9])
def test_a_damaged_checkpoint_is_named_and_training_starts_anew(damage, tmp_path, caplog):
    path = tmp_path / "state.safetensors"
    stopped_after(3, SYSTEMS[0], Checkpoint(path, "same"))
    path.write_bytes(damage(path.read_bytes()))
    assert equal(learned(SYSTEMS[0], Checkpoint(path, "same")), learned(SYSTEMS[0]))
    assert f"1 checkpoint is damaged, {path}" in caplog.text


def test_a_checkpoint_without_its_words_is_damaged(tmp_path, caplog):
    path = tmp_path / "state.safetensors"
    write_tensors(path, {"tagger/bias": torch.zeros(5)})
    assert equal(learned(SYSTEMS[0], Checkpoint(path, "same")), learned(SYSTEMS[0]))
    assert "damaged" in caplog.text


@pytest.mark.parametrize("kind", ["fixed", "joint"])
def test_a_table_that_does_not_move_is_in_no_checkpoint(tmp_path, kind):
    keys = {"tag_vectors": kind, "hidden": [4], "ema_decay": 0.9}
    system, checkpoint = Im2Vec(model="im2vec", **keys, **KEYS), tmp_path / "state.safetensors"
    stopped_after(3, system, Checkpoint(checkpoint, "same"))
    names, shape = read_tensors(checkpoint)[0], (5, 3)
    of_table = [one for one, values in names.items() if "tag_vectors" in one]
    assert of_table == (["average/tag_vectors", "best/tag_vectors", "tagger/tag_vectors"]
                        if kind == "joint" else [])  # fmt: skip
    assert all(names[one].shape == shape for one in of_table)
    assert equal(learned(system, Checkpoint(checkpoint, "same")), learned(system))


def test_writes_keep_their_distance_in_time(tmp_path):
    path = tmp_path / "state.safetensors"
    learned(SYSTEMS[0], Checkpoint(path, "same", seconds=3600))
    assert not path.exists()


def test_a_checkpoint_that_cannot_be_written_stops_no_training(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    checkpoint = Checkpoint(tmp_path / "file/state.safetensors", "same")
    assert equal(learned(SYSTEMS[0], checkpoint), learned(SYSTEMS[0]))
    assert "a newer one cannot be written" in caplog.text


def test_the_fingerprint_is_of_contents_and_settings_not_of_names(tmp_path):
    for name, content in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).write_text(content)
    of = {name: compute_fingerprint([tmp_path / name], {"seed": 0}) for name in "abc"}
    assert of["a"] == of["b"] != of["c"]
    assert compute_fingerprint([tmp_path / "a"], {"seed": 1}) != of["a"]


def test_the_digest_sees_every_value_and_name(tmp_path):
    one = {"a": torch.zeros(2), "n": torch.tensor(3.0)}
    write_tensors(tmp_path / "t.safetensors", one)
    assert hash_state(read_tensors(tmp_path / "t.safetensors")[0], {}) == hash_state(one, {})
    others = ({"b": one["a"], "n": one["n"]}, one | {"n": torch.tensor(4.0)})
    assert (
        len({hash_state(tensors, {}) for tensors in (one, *others)} | {hash_state(one, {"x": 1})})
        == 4
    )
