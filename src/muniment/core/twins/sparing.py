"""Why a document that is close to a kept one is kept all the same: what a policy's domains protect."""

from collections.abc import Sequence

import numpy as np
from numba import njit

from muniment.core.twins.kernel import Array
from muniment.policies.duplicates import Domain

SPARED = (None, "sample", "numbers", "short", "within", "across", "vendored", "version")
NO, SAMPLE, NUMBERS, SHORT, WITHIN, ACROSS, VENDORED, VERSION = range(len(SPARED))
_NUMBERS, _PROJECTS, _WITHIN, _ACROSS = 1, 2, 4, 8  # flags of a domain


def rules_of(domains: Sequence[Domain]) -> tuple[Array, ...]:
    """The domains as columns: Jaccard level, tokens from which near and exact twins are removed, flags, documents kept, cosine level."""
    flags = [
        _NUMBERS * (each.numbers == "apart")
        + _PROJECTS * (each.projects == "apart")
        + _WITHIN * each.within
        + _ACROSS * each.across
        for each in domains
    ]
    return (
        np.array([each.jaccard for each in domains]),
        np.array([each.near_from for each in domains], np.int32),
        np.array([each.exact_from for each in domains], np.int32),
        np.array(flags, np.int32),
        np.array([each.keep for each in domains], np.int32),
        np.array([each.cosine or 2.0 for each in domains]),
    )


@njit(cache=True)
def spares(a, b, exact, columns, rules):
    """Why b stays although it is close to a; the stricter domain of the two speaks for both."""
    tokens, _, shape, numbers, domain, source, project, path, vendored = columns
    _, near_from, exact_from, flags, _, _ = rules
    either, both = flags[domain[a]] | flags[domain[b]], flags[domain[a]] & flags[domain[b]]
    least = exact_from if exact else near_from
    if min(tokens[a], tokens[b]) < max(least[domain[a]], least[domain[b]]):
        return SHORT
    if source[a] == source[b] and not both & _WITHIN:
        return WITHIN
    if source[a] != source[b] and not both & _ACROSS:
        return ACROSS
    if either & _PROJECTS:
        if vendored[a] != vendored[b] or (project[a] and project[b] and project[a] != project[b]):
            return VENDORED
        if project[a] == project[b] and path[a] and path[a] == path[b] and source[a] == source[b]:
            return VERSION
    if either & _NUMBERS and not exact and shape[a] == shape[b] and numbers[a] != numbers[b]:
        return NUMBERS
    return NO
