"""Build the vocabulary of a corpus' training part, and write it with what was decided."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from phototags.io.storage import atomic_write
from phototags.params.vocabulary import Vocabulary
from phototags.tags.candidates import ScoreVisualness, list_candidates, select_vocabulary
from phototags.tags.encoded_photos import encode_photos, read_photo_batches, write_tags
from phototags.tags.merging import apply_merges, find_merges
from phototags.tags.split import select_part
from phototags.tags.vocabulary import write_tsv
from phototags.tags.wordnet import WordNet


def build_vocabulary(
    tags: Path | str,
    split: Path | str,
    outputs: Mapping[str, Path | str],
    settings: Vocabulary,
    wordnet: WordNet,
    score_visualness: ScoreVisualness,
    chunk_photos: int,
) -> None:
    """Choose the tags to learn from the training part, and merge tags that mean the same.

    Args:
        tags, split: tags.parquet, of `clean_tags`, and split.parquet of the corpus.
        outputs: paths of `vocabulary`, `candidates` and `tags`, the photos' tags after merging.
        chunk_photos: photos in memory at once; changes no result.
    """
    with atomic_write(outputs["vocabulary"]) as part:
        photos = encode_photos(read_photo_batches(tags, chunk_photos), part.parent)
        training = photos.map_parts(partial(select_part, "train", split))
        merges = find_merges(training, settings, wordnet)
        candidates = list_candidates(training, merges, settings, wordnet, score_visualness)
        write_tsv(part, select_vocabulary(candidates))
        write_tsv(outputs["candidates"], candidates)
        write_tags(outputs["tags"], apply_merges(photos, merges))
