"""The outline of points that belong together: their convex hull, pushed out a little so that one point has one too."""

from __future__ import annotations

import numpy as np

from parvis.debates.core.opinions.votes import Reals

CORNERS = 12


def outline(points: Reals, radius: float) -> Reals:
    """Hull of discs of this radius around the points, counter-clockwise. Shape: (corners, 2), empty without points.

    Source: Andrew's monotone chain (1979)."""
    if not len(points):
        return np.zeros((0, 2))
    turns = 2 * np.pi * np.arange(CORNERS) / CORNERS
    disc = radius * np.column_stack([np.cos(turns), np.sin(turns)])
    around = np.unique((points[:, None, :] + disc[None, :, :]).reshape(-1, 2), axis=0)
    return np.array(half(around)[:-1] + half(around[::-1])[:-1])


def half(points: Reals) -> list[Reals]:
    found: list[Reals] = []
    for point in points:
        while len(found) > 1 and cross(found[-2], found[-1], point) <= 0:
            found.pop()
        found.append(point)
    return found


def cross(first: Reals, second: Reals, third: Reals) -> float:
    (ax, ay), (bx, by) = second - first, third - first
    return float(ax * by - ay * bx)
