"""What else than the match moves a passage up or down: how fresh it is, and how much its source says."""

import numpy as np
import numpy.typing as npt

Factors = npt.NDArray[np.float64]


def freshness(age_days: npt.NDArray[np.float64], half_life_days: float, floor: float) -> Factors:
    """Factor of each age (n,) in days, from `floor` (old, or nan: unknown) to 1 (now, or later): halved towards the floor each half-life."""
    left = np.exp2(-np.maximum(age_days, 0.0) / half_life_days)
    return floor + (1 - floor) * np.nan_to_num(left, nan=0.0)


def authority(rank: float, weight: float) -> float:
    """Factor of a source's rank (0 to 100, 50 is neutral): from 1 − weight to 1 + weight."""
    return 1 + weight * (rank - 50) / 50
