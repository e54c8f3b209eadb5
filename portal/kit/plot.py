"""Where the points of a course lie in a field of 100 by 100, and the line through them."""

from collections.abc import Sequence
from datetime import datetime

_INSET, _MIDDLE = 3.0, 50.0


def along(share: float) -> float:
    """Where a share of the time, from 0 to 1, lies: the ends keep a little distance from the edge."""
    return _INSET + (100 - 2 * _INSET) * share


def across(times: Sequence[datetime]) -> list[float]:
    """How far along each moment lies, from 3 to 97 in proportion to the time between; in the middle when there is no time between."""
    whole = (times[-1] - times[0]).total_seconds() if times else 0.0
    if whole <= 0:
        return [_MIDDLE] * len(times)
    return [along((one - times[0]).total_seconds() / whole) for one in times]


def percent(value: float) -> str:
    """A place as CSS wants it: "12.50%"."""
    return f"{value:.2f}%"


def line(places: Sequence[float], heights: Sequence[float | None]) -> str:
    """An SVG path through heights from 0 (below) to 100 (above); it breaks where one is missing."""
    path, pen = [], False
    for x, height in zip(places, heights, strict=True):
        if height is not None:
            path.append(f"{'L' if pen else 'M'}{x:.2f} {100 - height:.2f}")
        pen = height is not None
    return " ".join(path)
