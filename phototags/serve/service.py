"""The parts of a running service, which its routes use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from phototags.serve.access import Access
from phototags.serve.feedback import FILE, Feedback
from phototags.serve.files import PhotoFiles
from phototags.serve.limits import Limits
from phototags.serve.metrics import Metrics
from phototags.serve.photos import PhotoService
from phototags.serve.tag_worker import TagWorker

if TYPE_CHECKING:
    from phototags.export.tag_photos import ExportedTagger


@dataclass
class Service:
    """A service over one index.

    Args:
        index: its folder; None serves no photos, and only tags those that are sent.
        load: loads the tagger.
    """

    index: Path | None
    load: Callable[[], ExportedTagger]
    access: Access = field(default_factory=Access)
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self):
        self.photos = PhotoService(self.index)
        self.files = PhotoFiles(self.limits)
        self.worker = TagWorker(self.load, self.limits, self.metrics)
        self.feedback = None if self.index is None else Feedback(self.index / FILE)
