"""The images of a training: the full image to evaluate, random crops to learn from."""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

from phototags.features.embed_photos import resize_to_square
from phototags.photos.decoding import decode
from phototags.photos.device_decoding import Jpeg, decode_jpegs, load_jpeg
from phototags.photos.shards import ShardIndex
from phototags.systems.parts.embedding_tagger import EmbeddingTagger
from phototags.systems.parts.tagged_photos import TaggedPhotos
from phototags.training.context import Evaluate
from phototags.training.validation import compute_map

MAX_TRIES = 10  # to find a crop inside the image


@dataclass(frozen=True, eq=False)
class TrainImages:
    """The image of each photo, by its position.

    Args:
        rows: N rows of the photo table.
        lookup: finds their bytes. max_pixels, max_bytes: the limits of `decode`.
        size: S, pixels a side.
        min_area: in (0, 1], the smallest share of an image's area that a crop has.
    """

    rows: Sequence[int]
    lookup: ShardIndex
    max_pixels: int
    max_bytes: int
    size: int
    min_area: float = 0.35

    def full_image(self, photo: int) -> Tensor:
        """(3, S, S) uint8, the full image, as features are made from it.

        Raises:
            PhotoError: it cannot be decoded; embed_photos lists those, so leave them out.
        """
        return resize_to_square(self.decode(photo), self.size)

    def random_crop(self, photo: int, seed: int) -> Tensor:
        """(3, S, S) uint8, a part of the image, half the time mirrored."""
        return self.crop(self.decode(photo), seed)

    def crop(self, image: Tensor, seed: int) -> Tensor:
        """Crop and mirror a decoded image, (3, H, W), on the device where it is."""
        chance = random.Random(seed)
        box = sample_crop(*image.shape[1:], self.min_area, chance)
        crop = functional.resized_crop(image, *box, [self.size] * 2, antialias=True)
        return functional.horizontal_flip(crop) if chance.random() < 0.5 else crop

    def decode(self, photo: int) -> Tensor:
        """(3, H, W) uint8."""
        return decode(self.read_bytes(photo), self.max_pixels, self.max_bytes)

    def read_bytes(self, photo: int) -> bytes:
        """The content of the image file."""
        return self.lookup.read(self.rows[photo], self.max_bytes)

    def prepare_on_host(self, photo: int, seed: int) -> Jpeg | Tensor:
        """What a thread does for a device: read a JPEG, or crop what only the host decodes."""
        jpeg = load_jpeg(self.read_bytes(photo), self.max_pixels, self.max_bytes)
        return jpeg or self.random_crop(photo, seed)

    def finish_on_device(
        self, prepared: Sequence[Jpeg | Tensor], seeds: Sequence[int], device: torch.device
    ) -> list[Tensor]:
        """What `random_crop` gives of each, (3, S, S) uint8, decoded and cropped on the device."""
        jpegs = decode_jpegs([one for one in prepared if isinstance(one, Jpeg)], device)
        return [
            self.crop(next(jpegs), seed) if isinstance(one, Jpeg) else one.to(device)
            for one, seed in zip(prepared, seeds, strict=True)
        ]


def open_images(
    parts: Iterable[TaggedPhotos],
    shards: Iterable[Path | str],
    max_pixels: int,
    max_bytes: int,
    size: int,
) -> list[TrainImages]:
    """Open the images of each part's photos; what cannot be decoded has no features and no part.

    Args:
        parts: with rows of the photo table. shards: of the same corpus.
    """
    lookup = ShardIndex(shards)
    return [TrainImages(part.rows, lookup, max_pixels, max_bytes, size) for part in parts]


def make_image_evaluator(
    photos: TaggedPhotos, images: TrainImages, batch_size: int, loader_threads: int
) -> Evaluate:
    """Make the function that computes a tagger's mAP on full images; nan without photos."""

    def scores(tagger: EmbeddingTagger) -> Iterator[Tensor]:
        with ThreadPoolExecutor(loader_threads, "decode", torch.set_num_threads, (1,)) as pool:
            for indices in torch.arange(len(photos)).split(batch_size):
                pixels = torch.stack(list(pool.map(images.full_image, indices.tolist())))
                yield tagger.scores(pixels)

    return lambda tagger: compute_map(scores(tagger), photos, tagger.rows)


def sample_crop(
    height: int, width: int, min_area: float, chance: random.Random
) -> tuple[int, int, int, int]:
    """Sample the top, left, height, width of a crop, at least one pixel.

    Inception's crops (Szegedy et al., CVPR 2015): the share of the area is uniform in
    [min_area, 1], the aspect log-uniform in [3/4, 4/3]; the full image when none fits. Not
    torchvision's, which draws from torch's global generator.
    """
    for _ in range(MAX_TRIES):
        area = height * width * chance.uniform(min_area, 1)
        aspect = math.exp(chance.uniform(math.log(3 / 4), math.log(4 / 3)))
        wide, high = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < wide <= width and 0 < high <= height:
            return chance.randint(0, height - high), chance.randint(0, width - wide), high, wide
    return 0, 0, height, width
