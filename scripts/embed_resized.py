"""Rule `embed_resized`: compute features of some photos at a smaller size."""

from phototags.io.cpu import allow_native_instructions
from phototags.io.logs import start_job
from phototags.params.embeddings import EmbedPhotos

given = start_job(snakemake)  # noqa: F821
inputs, params = given.input, given.params
settings = EmbedPhotos.model_validate_json(params.settings)
if settings.precision != "fp32":
    allow_native_instructions()

from phototags.features.backbones import load_backbone  # noqa: E402
from phototags.features.embed_photos import embed_sample  # noqa: E402
from phototags.features.feature_cache import write_features  # noqa: E402
from phototags.photos.photo_table import read_photos  # noqa: E402

rows, features = embed_sample(
    inputs.shards,
    read_photos(inputs.photos),
    params.photos,
    load_backbone(settings.backbone, precision=settings.precision),
    batch_size=settings.batch_size,
    max_pixels=params.max_pixels,
    max_bytes=params.max_bytes,
    width=params.width,
)
write_features(given.output.features, rows, features, settings.backbone)
