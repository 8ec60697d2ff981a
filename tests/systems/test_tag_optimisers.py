"""Optimisers of drawn rows against torch's own, a row at a time."""

import pytest
import torch
from torch.nn.functional import logsigmoid

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.losses import expected_negative_sampling_loss, negative_sampling_loss
from phototags.systems.parts.objectives import ExpectedObjective, SampledObjective
from phototags.systems.parts.tag_optimisers import RowAdagrad, RowAdam, step_on_pairs
from phototags.systems.parts.tagged_photos import Batch

TAGS, WIDTH, RATE = 7, 4, 0.3
POSITIVES = [  # of four steps; repeats must add up
    [[0, 0], [2, 0], [5, 5]],
    [[1, 2], [2, 2], [1, 5]],
    [[0, 1], [4, 4], [5, 0]],
    [[0, 2], [2, 0], [5, 5]],
]
NEGATIVES = [[3, 4], [0, 3], [3, 3]]
VALID = [[True, True], [False, True], [True, True]]  # tag 0 is no negative of the second photo


def random_steps():
    """The table, and the photos, positives, negatives and valid mask of each step."""
    generator = torch.Generator().manual_seed(0)
    steps = [
        (torch.randn(3, WIDTH, generator=generator), *map(torch.tensor, (own, NEGATIVES, VALID)))
        for own in POSITIVES
    ]
    return torch.randn(TAGS, WIDTH, generator=generator), steps


def step_slowly(table, make_optimiser, steps):
    """Each row is a parameter with an optimiser of its own, which steps when the row is drawn."""
    rows = [torch.nn.Parameter(row.clone()) for row in table]
    optimisers = [make_optimiser([row]) for row in rows]
    for photos, positives, negatives, valid in steps:
        pull, push, drawn = [], [], set()
        for photo in range(3):
            for tag in positives[photo].tolist():
                pull.append(-logsigmoid(rows[tag] @ photos[photo]))
                drawn.add(tag)
            for tag, counted in zip(negatives[photo].tolist(), valid[photo], strict=True):
                if counted:
                    push.append(-logsigmoid(-(rows[tag] @ photos[photo])))
                    drawn.add(tag)
        for row in rows:
            row.grad = None
        (torch.stack(pull).mean() + torch.stack(push).mean()).backward()
        for tag in drawn:
            optimisers[tag].step()
    return torch.stack([row.detach() for row in rows])


def step_sparsely(table, optimiser, steps, rows=slice(None)):
    """The same by one optimiser of a table, or of its part."""
    whole, table = table, table.clone()[rows]
    for photos, positives, negatives, valid in steps:
        scores = [
            torch.einsum("bkd,bd->bk", whole[tags], photos).requires_grad_()
            for tags in (positives, negatives)
        ]
        errors = torch.cat(torch.autograd.grad(negative_sampling_loss(*scores, valid), scores), 1)
        counted = torch.cat([torch.ones_like(positives, dtype=torch.bool), valid], 1)
        tags = torch.cat([positives, negatives], 1)
        step_on_pairs(optimiser, table, photos, tags, errors, counted, rows)
        whole = table if rows == slice(None) else whole
    return table


def test_row_adam_is_torchs_adam_of_each_drawn_row():
    table, steps = random_steps()
    expected = step_slowly(table, lambda row: torch.optim.Adam(row, lr=RATE), steps)
    found = step_sparsely(table, RowAdam(RATE), steps)
    torch.testing.assert_close(found, expected)
    assert found[6].equal(table[6])  # no step draws it


class SlowRowAdagrad(torch.optim.Adagrad):
    """torch's Adagrad, of a row whose sum is the mean over its numbers."""

    def step(self):
        for row in self.param_groups[0]["params"]:
            sums = self.state[row]["sum"] + row.grad.square()
            self.state[row]["sum"] = sums
            with torch.no_grad():
                row -= RATE * row.grad / (sums.mean().sqrt() + 1e-10)


def test_row_adagrad_is_adagrad_of_each_drawn_row_with_the_mean_of_its_sums():
    table, steps = random_steps()
    expected = step_slowly(table, lambda row: SlowRowAdagrad(row, lr=RATE), steps)
    found = step_sparsely(table, RowAdagrad(RATE), steps)
    torch.testing.assert_close(found, expected)
    assert found[6].equal(table[6])


def test_row_adagrad_of_rows_of_one_number_is_torchs_adagrad():
    table, steps = random_steps()
    steps = [(photos[:, :1], *others) for photos, *others in steps]
    expected = step_slowly(table[:, :1], lambda row: torch.optim.Adagrad(row, lr=RATE), steps)
    torch.testing.assert_close(step_sparsely(table[:, :1], RowAdagrad(RATE), steps), expected)


@pytest.mark.parametrize("make", [RowAdam, RowAdagrad])
def test_two_parts_of_a_table_take_the_steps_of_the_whole(make):
    table, steps = random_steps()
    whole = step_sparsely(table, make(RATE), steps[:1])
    parts = [
        step_sparsely(table, make(RATE), steps[:1], rows) for rows in (slice(0, 3), slice(3, 7))
    ]
    torch.testing.assert_close(torch.cat(parts), whole)


@pytest.mark.parametrize("make", [RowAdam, RowAdagrad])
def test_a_restored_optimiser_goes_on_with_the_same_bytes(make):
    table, steps = random_steps()
    expected = step_sparsely(table, make(RATE), steps)
    first, second = make(RATE), make(RATE)
    halfway = step_sparsely(table, first, steps[:2])
    second.load({name: values.clone() for name, values in first.state.items()})
    assert step_sparsely(halfway, second, steps[2:]).equal(expected)


def make_tagger(table):
    head = torch.nn.Linear(WIDTH, WIDTH, bias=False)
    torch.nn.init.eye_(head.weight)
    return EmbeddingTagger(head, table, torch.zeros(TAGS)).freeze_tables(joint=True)


def test_the_exact_expectation_is_the_double_loop_over_photos_and_tags():
    table, ((photos, *_), *_) = random_steps()
    own = [[0, 2], [5], [1, 3, 4]]
    tags = torch.tensor([[0, 2, -1], [5, -1, -1], [1, 3, 4]])
    weights = torch.tensor([4.0, 1, 2, 3, 0, 5, 6], dtype=torch.float64)
    for exclude in ("photo", "batch"):
        everyone = {tag for one in own for tag in one}
        expected = 0.0
        for photo, mine in zip(photos, own, strict=True):
            excluded = everyone if exclude == "batch" else set(mine)
            total = sum(weights[tag] for tag in range(TAGS) if tag not in excluded)
            for tag in range(TAGS):
                score = table[tag] @ photo
                if tag in mine:
                    expected -= logsigmoid(score) / len(mine) / 3
                if tag not in excluded:
                    expected -= weights[tag] / total * logsigmoid(-score) / 3
        objective = ExpectedObjective(expected_negative_sampling_loss, weights, exclude)
        batch = Batch(torch.arange(3), photos, tags, 1)
        found = objective(make_tagger(table), batch, torch.Generator())
        assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_photo_without_a_possible_negative_only_pulls():
    table, ((photos, *_), *_) = random_steps()
    tags, weights = torch.arange(TAGS)[None], torch.ones(TAGS, dtype=torch.float64)
    objective = ExpectedObjective(expected_negative_sampling_loss, weights, "photo")
    found = objective(make_tagger(table), Batch(torch.arange(1), photos[:1], tags, 1), None)
    expected = -logsigmoid(photos[:1] @ table.T).mean()
    torch.testing.assert_close(found.detach(), expected)


def test_draws_have_the_exact_expectation():
    """Many draws for the same photos: loss and step of the table agree on average."""
    from phototags.systems.parts.negatives import NegativesEachStep
    from phototags.systems.parts.tag_sampling import CategoricalSampler

    table, ((photos, *_), *_) = random_steps()
    tags = torch.tensor([[0, 2, -1], [5, -1, -1], [1, 3, 4]])
    weights = torch.tensor([4.0, 1, 2, 3, 1, 5, 6], dtype=torch.float64)
    batch, generator = Batch(torch.arange(3), photos, tags, 1), torch.Generator().manual_seed(1)
    sampler = NegativesEachStep(CategoricalSampler(weights), 2000, "photo")
    sampled = SampledObjective(negative_sampling_loss, 2000, sampler)
    exact = ExpectedObjective(expected_negative_sampling_loss, weights, "photo")
    found, expected = (one(make_tagger(table), batch, generator).item() for one in (sampled, exact))
    assert found == pytest.approx(expected, rel=0.02)


def test_both_objectives_move_the_table_against_the_gradient_of_their_loss():
    """Adam's first step moves each row by the rate, against the sign of autograd's gradient."""
    table, ((photos, *_), *_) = random_steps()
    tags, weights = torch.tensor([[0, 2], [5, -1], [1, 3]]), torch.ones(TAGS, dtype=torch.float64)
    objective = ExpectedObjective(expected_negative_sampling_loss, weights, "photo", RowAdam(RATE))
    tagger = make_tagger(table)
    loss = objective(tagger, Batch(torch.arange(3), photos, tags, 1), torch.Generator())
    loss.backward()
    assert tagger.head.weight.grad.abs().sum() > 0
    moved = torch.nn.Parameter(table.clone())
    still = make_tagger(table)
    with torch.no_grad():
        still.tag_vectors.set_(moved)
    scores = photos @ moved.T
    present = torch.zeros(3, TAGS)
    for photo, own in enumerate([[0, 2], [5], [1, 3]]):
        present[photo, own] = 1
    shares = [one / one.sum(1, keepdim=True) for one in (present, 1 - present)]
    expected_negative_sampling_loss(scores, *shares).backward()
    expected = table - RATE * moved.grad.sign()
    torch.testing.assert_close(tagger.tag_vectors.detach(), expected, rtol=1e-3, atol=1e-4)
