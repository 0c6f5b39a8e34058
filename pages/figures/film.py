"""A figure that moves: which of its traces follow the frames, and how."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go


@dataclass(frozen=True)
class Track:
    """How one trace follows the frames.

    trail: x, y (and z) of shape (count,); frame t shows points 0 to t
    point: the same shape; frame t shows point t alone
    set: shape (count, n); frame t replaces the whole trace
    A coordinate that is None stays as it is in the figure. NaN is a gap.
    """

    trace: int
    x: Any = None
    y: Any = None
    z: Any = None
    mode: Literal["trail", "point", "set"] = "trail"


@dataclass(frozen=True)
class Film:
    """A figure, and how its traces follow the frames."""

    figure: go.Figure
    tracks: list[Track] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many frames it has."""
        track = self.tracks[0]
        return len(next(each for each in (track.x, track.y, track.z) if each is not None))

    def follow(self, mode: Literal["trail", "point", "set"], **coordinates: np.ndarray) -> None:
        """Let the newest trace follow the frames."""
        self.tracks.append(Track(len(self.figure.data) - 1, mode=mode, **coordinates))

    def add(
        self, mode: Literal["trail", "point"], x: np.ndarray, y: np.ndarray, place: dict | None = None, /, **look: Any
    ) -> None:
        """Add a trace that moves; as it stands before the film it shows the last frame.

        place: row and column among subplots
        """
        last = slice(None) if mode == "trail" else slice(-1, None)
        x, y = np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32)
        self.figure.add_scatter(x=x[last], y=y[last], **look, **(place or {}))
        self.follow(mode, x=x, y=y)
