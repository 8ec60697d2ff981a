"""The sparse update of the tag table against autograd's SGD."""

import torch

from phototags.systems.parts.tag_table import update_tag_vectors


def pairs(generator):
    table = torch.randn(7, 4, generator=generator)
    photos = torch.randn(3, 4, generator=generator)
    positives = torch.tensor([[0, 0, 1], [2, 0, 2], [5, 5, 5]])  # repeats must add up
    negatives = torch.tensor([[3, 4], [0, 3], [3, 3]])
    kept = torch.tensor([[True, True], [False, True], [True, True]])
    return table, photos, positives, negatives, kept


def test_moves_equal_a_step_of_sgd_on_the_sum_of_the_pairs_losses():
    table, photos, positives, negatives, kept = pairs(torch.Generator().manual_seed(0))
    expected = table.clone().requires_grad_()
    loss = torch.zeros(())
    for row in range(3):
        for tag in positives[row]:
            loss = loss - torch.nn.functional.logsigmoid(expected[tag] @ photos[row])
        for tag, flag in zip(negatives[row], kept[row], strict=True):
            loss = loss - flag * torch.nn.functional.logsigmoid(-expected[tag] @ photos[row])
    optimiser = torch.optim.SGD([expected], lr=0.3)
    loss.backward()
    optimiser.step()
    update_tag_vectors(table, photos, positives, negatives, kept, 0.3)
    torch.testing.assert_close(table, expected.detach())


def test_tags_that_no_pair_names_stay_where_they_are():
    table, photos, positives, negatives, kept = pairs(torch.Generator().manual_seed(0))
    before = table.clone()
    update_tag_vectors(table, photos, positives, negatives, kept, 0.3)
    assert table[6].equal(before[6])
    assert not table[0].equal(before[0])
