"""Encoders: brought in from a folder, and measured by language."""

import getpass
from pathlib import Path

from muniment.schemas.encoder import Admission, Described, Pooling, Registered, Removed
from muniment.store.root import open_root
from muniment.tasks.encoders import admit, register, remove


def encoder_add(
    name: str,
    folder: Path,
    licence: str,
    pooling: Pooling = Pooling.MEAN,
    query_prefix: str = "",
    passage_prefix: str = "",
    limit: int | None = None,
    root: str = "",
    actor: str = "",
) -> Registered:
    """Register the ONNX model of a folder under an SPDX licence; nothing is downloaded."""
    who = actor or getpass.getuser()
    return register.add_encoder(root, name, folder, licence, who, pooling, query_prefix, passage_prefix, limit)


def encoder_list(root: str = "") -> list[Described]:
    """Every encoder that an index can be built with."""
    return register.described(root)


def encoder_show(name: str, root: str = "") -> Described:
    """One encoder; raises `NotFound`."""
    return register.describe(open_root(root), name)


def encoder_admit(name: str, data: Path, root: str = "", actor: str = "") -> Admission:
    """Measure dense retrieval by language over a labelled collection, and keep the figures."""
    return admit.admit(root, name, data, actor or getpass.getuser())


def encoder_remove(name: str, root: str = "", actor: str = "") -> Removed:
    """Take an encoder away with its files; raises `Forbidden` while a kept index was built with it."""
    return remove.remove_encoder(root, name, actor or getpass.getuser())
