"""Licences by path: debian/copyright and .reuse/dep5 (DEP-5), and REUSE.toml (REUSE 3.3).

What covers all files speaks for the project; what covers some of them is kept as evidence about these, and not about the project.
"""

import re
import tomllib

from muniment.core.licences.metadata.statement import Statement

_STANZA = re.compile(r"\n[ \t]*\n")
_FIELD = re.compile(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_ALL = {"*", "**", "./*", "**/*"}
_LONGEST = 2_000_000


def dep5(text: str) -> list[Statement]:
    """The short names of the licences in a machine-readable copyright file, by the files that they cover."""
    stanzas = [dict(_FIELD.findall(stanza)) for stanza in _STANZA.split(text[:_LONGEST])]
    if not stanzas or "Format" not in stanzas[0]:
        return []
    told = []
    for fields in stanzas:
        covered = fields.get("Files", "").split()
        name = fields.get("License", "").partition("\n")[0].strip()
        if covered and name:
            told.append(_covering(name, covered))
    return told


def reuse(text: str) -> list[Statement]:
    """The expressions of a REUSE.toml, by the paths that they cover; several for the same path all bind."""
    told = []
    for annotation in tomllib.loads(text).get("annotations", []):
        paths, names = (_texts(annotation, key) for key in ("path", "SPDX-License-Identifier"))
        if paths and names:
            told.append(_covering(" AND ".join(f"({name})" for name in names), paths))
    return told


def _covering(name: str, paths: list[str]) -> Statement:
    whole = bool(_ALL.intersection(paths))
    return Statement(f"Files: {' '.join(paths)[:100]}", (name,), scope="project" if whole else "asset")


def _texts(annotation: object, key: str) -> list[str]:
    value = annotation.get(key) if isinstance(annotation, dict) else None
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str) and each]
