"""What is refused, by settings and limits, and whose refusal it is: ours or the server's."""

import functools
import hashlib
import json
from dataclasses import dataclass

from phototags.download.formats import Look
from phototags.download.outcomes import Outcome
from phototags.download.url_safety import AddressRule
from phototags.errors import PhotoError
from phototags.params.download import Download

# Refusals that are ours: with other settings the same server could have answered otherwise.
OURS = {
    Outcome.TOO_LARGE,
    Outcome.BOMB,
    Outcome.PRIVATE_ADDRESS,
    Outcome.OPTED_OUT,
    Outcome.GONE_PLACEHOLDER,
}


@dataclass(frozen=True)
class Rules:
    """The limits of one run.

    Args:
        max_pixels: a picture with more is a bomb.
        max_bytes: a longer body is not read to its end.
    """

    settings: Download
    max_pixels: int
    max_bytes: int

    @functools.cached_property
    def addresses(self) -> AddressRule:
        return AddressRule(self.settings.allow)

    @functools.cached_property
    def fingerprint(self) -> str:
        """Equal for settings that refuse the same."""
        chosen = self.settings.model_dump(include={"allow", "honour_opt_out", "placeholders"})
        said = json.dumps([chosen, self.max_pixels, self.max_bytes], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def judge_size(self, width: int, height: int) -> None:
        """Raises: PhotoError `bomb` for more pixels than allowed."""
        if width * height > self.max_pixels:
            raise PhotoError(
                Outcome.BOMB, f"{width}x{height} pixels, more than {self.max_pixels} allowed"
            )

    def judge_bytes(self, count: int) -> None:
        """Raises: PhotoError `too_large` for more bytes than allowed."""
        if count > self.max_bytes:
            raise PhotoError(Outcome.TOO_LARGE, f"more than {self.max_bytes} bytes")

    def judge_content(self, sha256: str) -> None:
        """Raises: PhotoError `gone_placeholder` for a picture shown in place of removed ones."""
        if sha256 in self.settings.placeholders:
            raise PhotoError(Outcome.GONE_PLACEHOLDER, "the picture that stands for removed ones")

    def judge_opt_out(self, opted_out: bool) -> None:
        """Raises: PhotoError `opted_out` when the owner said no and that is honoured."""
        if opted_out and self.settings.honour_opt_out:
            raise PhotoError(Outcome.OPTED_OUT, "X-Robots-Tag forbids the use")

    def judge_look(self, seen: Look) -> None:
        """Raises: PhotoError `bomb` or, for a picture that lacks its end, `truncated`."""
        self.judge_size(seen.width, seen.height)
        if seen.end is None:
            raise PhotoError(Outcome.TRUNCATED, f"a {seen.format} without its end")
