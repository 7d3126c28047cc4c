"""What a document's place says about it: its project, its path without version numbers, whether it lies among others' code."""

import re

import numpy as np
import pyarrow as pa

from muniment.core.twins.kernel import SEQUENCE, SHAPE, Array, sign
from muniment.core.twins.shingles import buffers

# Folders that projects keep other projects' code in, by the habits of pip, Go, Node.js, Bazel, Git submodules and Linux.
VENDORED = re.compile(
    r"(^|[/:])(_?vendor(ed)?|third[_-]?party|node_modules|bower_components|externals?|extern|bundled|_?deps)/", re.IGNORECASE
)


def projects(names: pa.Array) -> Array:
    """Hash of each project's name (n, uint64), 0 for none."""
    hashes = sign(*buffers(names), 1)[1][:, SEQUENCE]
    return np.where(names.is_null().to_numpy(zero_copy_only=False), np.uint64(0), hashes)


def paths(names: pa.Array) -> Array:
    """Hash of each path's words with numbers masked (n, uint64): versions of a file have the same."""
    return np.ascontiguousarray(sign(*buffers(names), 1)[1][:, SHAPE])
