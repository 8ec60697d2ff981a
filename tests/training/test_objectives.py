"""What WARP pays is what a loop over photos and their draws pays."""

import pytest
import torch

from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.heads import make_head
from phototags.systems.parts.objectives import WarpObjective
from phototags.systems.parts.tag_sampling import sample_positives
from phototags.training.batch_loader import Batch

TAGS, DRAWS, MARGIN = 7, 5, 0.3
OWN = torch.tensor([[0, 2], [6, -1], [3, 4]])


def tagger_and_batch():
    generator = torch.Generator().manual_seed(3)
    head = make_head(4, [3], "none", 0.0, generator)
    tables = torch.randn(TAGS, 3, generator=generator), torch.randn(TAGS, generator=generator)
    features = torch.randn(3, 4, generator=generator)
    return EmbeddingTagger(head, *tables), Batch(torch.arange(3), features, OWN, 1, 1.0)


def slowly(tagger, batch, shared, generator):
    """Photo by photo, draw by draw: Weston et al. (IJCAI 2011)."""
    positives = sample_positives(batch.tags, 1, generator)
    drawn = torch.randint(0, TAGS, (1 if shared else 3, DRAWS), generator=generator)
    scores, costs = tagger(batch.features), []
    for photo in range(3):
        near, met, cost = scores[photo, positives[photo, 0]], 0, torch.tensor(0.0)
        for tag in drawn[0 if shared else photo].tolist():
            if tag in batch.tags[photo].tolist():
                continue
            met += 1
            if scores[photo, tag] > near - MARGIN:
                weight = sum(1 / place for place in range(1, (TAGS - 1) // met + 1))
                cost = weight * (MARGIN - near + scores[photo, tag])
                break
        costs.append(cost)
    return torch.stack(costs).mean()


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_warp_and_its_gradient_are_those_of_a_loop(shared, seed):
    tagger, batch = tagger_and_batch()
    weights = list(tagger.parameters())
    found = WarpObjective(MARGIN, DRAWS, shared)(tagger, batch, torch.Generator().manual_seed(seed))
    wanted = slowly(tagger, batch, shared, torch.Generator().manual_seed(seed))
    torch.testing.assert_close(found, wanted)
    gradients = [torch.autograd.grad(one, weights) for one in (found, wanted)]
    torch.testing.assert_close(*gradients)
    assert found > 0
