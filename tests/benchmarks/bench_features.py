"""Decoding and embedding photos, against Pillow and against eager fp32 torch: features.csv.

`python tests/benchmarks/bench_features.py [--quick]`. Rates are per CPU second of one thread.
Photos are drawn here; both sides' pixels and features are held against each other.
"""

import io
import sys
from pathlib import Path

import torch
from harness import Row, arguments, compare, conclude, take_turns, version_of
from measuring import Cost, Worker, measured
from PIL import Image

from phototags.errors import ParamsError
from phototags.features.embed_photos import resize_to_square
from phototags.io.cpu import RETAINED_MEMORY, instruction_set_variables, refuse_slow_bf16
from phototags.photos.decoding import decode

SIDE, BATCH, CLIP_BATCH = 224, 32, 16
DRAWN = {"decode_resize": (100, (500, 375)), "decode_resize_large": (8, (2048, 1536))}
"""Photos a run, and their width and height."""
PIXELS_APART = 1.0  # of 255, the most that the mean over a photo may differ


def drawn_jpegs(count: int, size: tuple[int, int]) -> list[bytes]:
    """Clouds with detail at every scale, as photos have, saved with quality 90."""
    generator, jpegs = torch.Generator().manual_seed(0), []
    for _ in range(count):
        photo = torch.zeros(1, 3, size[1], size[0])
        for octave in range(2, 10):
            coarse = torch.rand(1, 3, 2**octave, 2**octave, generator=generator) - 0.5
            photo += torch.nn.functional.interpolate(coarse, photo.shape[2:]) / 1.7**octave
        pixels = (photo[0].permute(1, 2, 0) * 255 + 128).clamp(0, 255).byte()
        jpegs.append(io.BytesIO())
        Image.fromarray(pixels.numpy()).save(jpegs[-1], "JPEG", quality=90)
    return [jpeg.getvalue() for jpeg in jpegs]


def by_pillow(content: bytes) -> Image.Image:
    photo = Image.open(io.BytesIO(content)).convert("RGB")
    return photo.resize((SIDE, SIDE), Image.Resampling.BILINEAR)


def by_us(content: bytes) -> torch.Tensor:
    return resize_to_square(decode(content, 10**8, 10**8), SIDE)


def hold_pixels(jpegs: list[bytes], case: str) -> None:
    """Print how far both sides' pixels are apart; too far is an error."""
    apart = 0.0
    for content in jpegs:
        theirs = torch.frombuffer(bytearray(by_pillow(content).tobytes()), dtype=torch.uint8)
        ours = by_us(content).permute(1, 2, 0)
        apart = max(apart, (ours.flatten().float() - theirs.float()).abs().mean().item())
    print(f"{case}: mean absolute difference of pixels at most {apart:.3f} of 255")
    if apart > PIXELS_APART:
        sys.exit(f"{case}: the same pixels were expected, at most {PIXELS_APART} apart")


def decoding(case: str, count: int, size: tuple[int, int], pairs: int) -> Row:
    jpegs = drawn_jpegs(count, size)
    hold_pixels(jpegs[:10], case)
    done = take_turns(
        lambda: count / measured(lambda: [by_us(one) for one in jpegs]).cpu_seconds,
        lambda: count / measured(lambda: [by_pillow(one) for one in jpegs]).cpu_seconds,
        pairs,
    )
    return compare(case, "Pillow", version_of("pillow"), "photos/s/core", done, better="more")


def embedding(
    case: str,
    instruction_set: str,
    precision: str,
    batches: int,
    pairs: int,
    backbone: str = "efficientnet_lite0",
    size: int = BATCH,
) -> Row:
    """Each side in a process of its own: ours with our variables, theirs without what we keep."""
    script = [sys.executable, Path(__file__).with_name("embedding_sides.py")]
    pinned = instruction_set_variables(instruction_set)
    plain = pinned | dict.fromkeys(RETAINED_MEMORY)
    network = {"backbone": backbone}
    with Worker(script, pinned) as ours, Worker(script, plain) as theirs:
        answers = (
            ours.ask("ours", precision=precision, **network, size=size).answer,
            theirs.ask("eager", **network).answer,
        )
        alike = torch.nn.functional.cosine_similarity(*map(torch.tensor, answers))
        print(f"{case}: cosine of both sides' features at least {alike.min():.6f}")

        def rate(cost: Cost) -> float:
            return batches * BATCH / cost.cpu_seconds

        done = take_turns(
            lambda: rate(
                ours.ask("ours", precision=precision, batches=batches, **network, size=size)
            ),
            lambda: rate(theirs.ask("eager", batches=batches, **network)),
            pairs,
        )
    return compare(case, "torch eager", torch.__version__, "photos/s/core", done, better="more")


def main() -> None:
    given = arguments(__doc__)
    torch.set_num_threads(1)
    rows = [
        decoding(case, 2 if given.quick else count, size, given.pairs)
        for case, (count, size) in DRAWN.items()
    ]
    batches = 1 if given.quick else 2
    rows.append(embedding("embed_photos", "native", "fp32", batches, given.pairs))
    rows.append(embedding("embed_photos_avx2", "avx2", "fp32", batches, given.pairs))
    try:
        refuse_slow_bf16()
        rows.append(embedding("embed_photos_bf16", "native", "bf16", batches, given.pairs))
        of_clip = "clip_vit_b16", CLIP_BATCH
        rows.append(embedding("embed_photos_clip", "native", "auto", 1, given.pairs, *of_clip))
    except ParamsError as error:
        print(f"embed_photos_bf16 and _clip are left out: {error}")
    conclude("features", rows, given.quick)


if __name__ == "__main__":
    main()
