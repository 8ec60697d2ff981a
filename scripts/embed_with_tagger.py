"""Rule `embed_with_tagger`: compute features of one shard with a tagger's own backbone."""

from phototags.io.cpu import allow_native_instructions
from phototags.io.logs import start_job
from phototags.params.embeddings import EmbedPhotos

given = start_job(snakemake)  # noqa: F821
inputs, output, params = given.input, given.output, given.params
settings = EmbedPhotos.model_validate_json(params.settings)
if settings.precision != "fp32":
    allow_native_instructions()

from phototags.features.backbones import load_backbone  # noqa: E402
from phototags.features.embed_photos import embed_shard  # noqa: E402
from phototags.features.feature_cache import write_features  # noqa: E402
from phototags.photos.photo_table import read_photos  # noqa: E402

photos = read_photos(inputs.photos)
rows, features, _, _ = embed_shard(  # what cannot be decoded, embed_photos has listed
    inputs.shard,
    dict(zip(photos["row"], photos["photo_id"], strict=True)),
    load_backbone(settings.backbone, inputs.backbone, settings.precision),
    batch_size=settings.batch_size,
    max_pixels=params.max_pixels,
    max_bytes=params.max_bytes,
)
write_features(output.features, rows, features, settings.backbone)
