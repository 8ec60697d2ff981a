"""Refuse photos by the run's settings and limits, and tell our refusals from the server's."""

import functools
import hashlib
import json
from dataclasses import dataclass

from phototags.download.outcomes import Outcome
from phototags.download.url_safety import AddressRule
from phototags.errors import PhotoError
from phototags.params.download import Download

# Refusals that are ours: with other settings the same server could have answered otherwise.
OUR_REFUSALS = {
    Outcome.TOO_MANY_BYTES,
    Outcome.TOO_MANY_PIXELS,
    Outcome.PRIVATE_ADDRESS,
    Outcome.OPTED_OUT,
    Outcome.GONE_PLACEHOLDER,
}


@dataclass(frozen=True)
class RefusalRules:
    """The rules by which one run refuses photos.

    Args:
        max_pixels: of a photo.
        max_bytes: a longer body is not read to its end.
    """

    settings: Download
    max_pixels: int
    max_bytes: int

    @functools.cached_property
    def addresses(self) -> AddressRule:
        """Which addresses may be connected to."""
        return AddressRule(self.settings.allow_private)

    @functools.cached_property
    def fingerprint(self) -> str:
        """Equal for settings that refuse the same; journals hold it, so its keys stay."""
        chosen = self.settings.model_dump(include={"honour_opt_out", "placeholders"})
        chosen["allow"] = self.settings.allow_private
        text = json.dumps([chosen, self.max_pixels, self.max_bytes], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def check_content(self, sha256: str) -> None:
        """Raises: PhotoError `gone_placeholder` for a picture shown in place of removed ones."""
        if sha256 in self.settings.placeholders:
            raise PhotoError(Outcome.GONE_PLACEHOLDER, "the picture that stands for removed ones")

    def check_opt_out(self, opted_out: bool) -> None:
        """Raises: PhotoError `opted_out` when the owner opted out and that is honoured."""
        if opted_out and self.settings.honour_opt_out:
            raise PhotoError(Outcome.OPTED_OUT, "the headers forbid the use")
