"""Answers leave on a grid of time, counted from their request: how long one took tells only which slot it fell in."""

import asyncio
import math
import time


def left(took: float, grid: float) -> float:
    """Seconds until the next multiple of `grid` seconds after a request that has taken `took`; 0 without a grid."""
    if grid <= 0:
        return 0
    return max(0.0, math.ceil(took / grid) * grid - took)


async def paced(started: float, grid: float) -> None:
    """Wait until the next point of the grid. started: when the request came, by `time.monotonic`."""
    if waiting := left(time.monotonic() - started, grid):
        await asyncio.sleep(waiting)
