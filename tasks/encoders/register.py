"""Bring an encoder in from a folder. Nothing is downloaded."""

import json
from pathlib import Path
from typing import Any

from muniment.core.licences.expressions import expression
from muniment.errors import Corrupt, Forbidden, NotFound
from muniment.schemas.canonical import sha256
from muniment.schemas.encoder import Admission, Described, Pooling, Registered
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store import encoders
from muniment.store.encoders.registered import Local
from muniment.store.root import Root, open_root
from muniment.tasks.rights.tools import permitted

_LONGEST = 512  # tokens that a BERT-like model reads where its folder does not say


def add_encoder(
    uri: str,
    name: str,
    folder: Path,
    licence: str,
    actor: str,
    pooling: Pooling = Pooling.MEAN,
    query_prefix: str = "",
    passage_prefix: str = "",
    limit: int | None = None,
) -> Registered:
    """Register `model.onnx` and `tokenizer.json` of a folder; `config.json` says how much the model reads unless `limit` does.

    Raises `Forbidden` for a licence that is unknown or not allowed, `NotFound` without the files, `Corrupt` when they do not work.
    """
    spdx = _licence(licence)
    if name in encoders.NAMES:
        raise Forbidden(f"{name} is an encoder that ships with Muniment.", "Choose another name.")
    model, tokens = _read(folder, "model.onnx", "onnx/model.onnx"), _read(folder, "tokenizer.json")
    entry = Registered(
        name=name, licence=spdx, pooling=pooling, query_prefix=query_prefix, passage_prefix=passage_prefix,
        limit=limit or _limit(folder), dimension=1, model=sha256(model), tokenizer=sha256(tokens), bytes=len(model) + len(tokens),
    )  # fmt: skip
    made = entry.model_copy(update={"dimension": Local(entry, model, tokens).width})
    root = open_root(uri)
    root.encoders.add(made, model, tokens)
    digest = Local(made, model, tokens).digest
    root.record(
        Draft(
            kind=EntryKind.ENCODER_ADDED, actor=actor, key=f"{name}={digest}", outputs=(f"encoder:{digest}",),
            reasons=(f"licence:{spdx}",), counts={"dimension": made.dimension, "bytes": made.bytes},
        )
    )  # fmt: skip
    return made


def described(uri: str) -> list[Described]:
    """Every encoder that this root can use, those that ship first."""
    root = open_root(uri)
    return [describe(root, name) for name in (*encoders.NAMES, *(each.name for each in root.encoders.all()))]


def describe(root: Root, name: str) -> Described:
    """One encoder; raises `NotFound`."""
    model = root.encoders.open(name)
    admitted = admission(root, name, model.digest)
    return Described(
        name=name, digest=model.digest, licence=model.licence, dimension=model.dimension, limit=model.limit,
        shipped=name in encoders.NAMES, runs=model.note, languages=admitted.languages if admitted else (),
    )  # fmt: skip


def admission(root: Root, name: str, digest: str) -> Admission | None:
    """What was measured of the encoder of that digest, if anything."""
    held = root.refs.read(f"admissions/{name}", Admission)[0]
    return held if held and held.digest == digest else None


def _licence(text: str) -> str:
    spdx = expression(text)
    if spdx is None or "LicenseRef-" in spdx:
        raise Forbidden(
            f"The licence {text!r} is unknown: what may be done with the model cannot be told.",
            "Give the SPDX expression of the model's licence, as its publisher states it.",
        )
    if not permitted(spdx):
        raise Forbidden(f"A model under {spdx} may not be used: see policies/tools.toml.", "Choose another model.")
    return spdx


def _read(folder: Path, *names: str) -> bytes:
    for path in (folder / name for name in names):
        if path.is_file():
            return path.read_bytes()
    raise NotFound(
        f"{folder} holds no {names[0]}.", "Export the model to one ONNX file, with the tokenizer.json that belongs to it."
    )


def _limit(folder: Path) -> int:
    """The smaller of what the model has positions for and what it was trained to read (sentence-transformers)."""
    said = [
        _number(folder / "config.json", "max_position_embeddings"),
        _number(folder / "sentence_bert_config.json", "max_seq_length"),
    ]
    return min([each for each in said if each], default=_LONGEST)


def _number(path: Path, name: str) -> int | None:
    try:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return int(fields[name])
    except (FileNotFoundError, KeyError, TypeError):
        return None
    except ValueError:
        raise Corrupt(f"{path.name} is not JSON.", "Export the model again.") from None
