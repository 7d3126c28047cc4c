"""Licence rules that ship with Muniment: model licences, and Creative Commons in other languages."""

import pyarrow as pa
import pytest

from muniment.core import licences
from muniment.store import reference
from muniment.store.licence_overlay import newer_identifiers, overlay

PORTS = frozenset(
    f"CC-BY{elements}-{version}"
    for elements in ("", "-SA", "-ND", "-NC", "-NC-SA", "-NC-ND")
    for version in ("1.0", "2.0", "2.5", "3.0", "4.0", "3.0-DE")
)
ROWS = list(overlay(PORTS))
DETECTOR = licences.detector(pa.table([list(column) for column in zip(*sorted(ROWS), strict=True)], schema=reference.RULE))
FILLER = "The pump is primed by hand and then runs by itself until the tank is full. " * 60


def granted(text: str) -> set[str]:
    columns = {"doc_id": "d", "native_key": "a.md", "media_type": "text/plain", "declared_licence": None, "notices": None}
    table = pa.table({name: pa.array([value], pa.string()) for name, value in columns.items()})
    found = DETECTOR.detect(table.append_column("text", pa.array([FILLER + text + FILLER], pa.large_string())))
    return {row["expression"] for row in found.to_pylist() if row["role"] == "grant"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "lizenziert unter Creative Commons Namensnennung - Weitergabe unter gleichen Bedingungen 4.0 International",
            "CC-BY-SA-4.0",
        ),
        ("lizenziert unter der Lizenz Namensnennung-NichtKommerziell 3.0 Deutschland", "CC-BY-NC-3.0-DE"),
        ("mise à disposition sous licence Creative Commons Attribution - Pas d'Utilisation Commerciale 4.0", "CC-BY-NC-4.0"),
        ("bajo una licencia Creative Commons Reconocimiento-NoComercial-SinObraDerivada 4.0 Internacional", "CC-BY-NC-ND-4.0"),
        ("distribuito con Licenza Creative Commons Attribuzione - Non opere derivate 4.0 Internazionale", "CC-BY-ND-4.0"),
        ("licenciado sob uma Licença Creative Commons Atribuição-NãoComercial-CompartilhaIgual 4.0", "CC-BY-NC-SA-4.0"),
        ("gelicenseerd onder Creative Commons Naamsvermelding-GelijkDelen 4.0 Internationaal", "CC-BY-SA-4.0"),
        ("na licencji Creative Commons Uznanie autorstwa-Użycie niekomercyjne 4.0 Międzynarodowe", "CC-BY-NC-4.0"),
    ],
)
def test_creative_commons_is_granted_in_other_languages(text: str, expected: str) -> None:
    assert granted(f"\n\n{text}.\n\n") == {expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.",
            "LicenseRef-scancode-llama-3.1-license-2024",
        ),
        (
            "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms",
            "LicenseRef-scancode-gemma-tou-2024-04-01",
        ),
        ("The weights are released under the Mistral AI Research License.", "LicenseRef-Mistral-Research"),
        ("The model is available under the CreativeML Open RAIL++-M License.", "LicenseRef-CreativeML-OpenRAIL-PP-M"),
        ("Die Daten stehen unter Datenlizenz Deutschland - Namensnennung - Version 2.0.", "DL-DE-BY-2.0"),
    ],
)
def test_model_and_data_licences_are_granted_by_name(text: str, expected: str) -> None:
    assert granted(f"\n\n{text}\n\n") == {expected}


def test_every_rule_has_a_name_of_its_own_and_a_known_licence() -> None:
    names = [row[0] for row in ROWS]
    assert len(set(names)) == len(names) > 1000
    assert {row[1] for row in ROWS if row[1].startswith("CC-")} <= PORTS


def test_keys_are_called_by_the_identifiers_that_spdx_gave_them_since() -> None:
    newer = newer_identifiers({"x11-oar": "LicenseRef-scancode-x11-oar", "mit": "MIT", "no-such-key": "LicenseRef-no"})
    assert newer == {"x11-oar": "OAR"}
