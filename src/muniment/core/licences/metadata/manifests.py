"""Manifests of packages: how each ecosystem writes down a licence, by the file that its tools read.

Where several licences stand in a list, what the ecosystem says of such lists counts: a choice in Maven, Composer, and npm's old lists
of `licenses`; elsewhere all of them bind.
"""

import json
import re
import tomllib
from configparser import RawConfigParser
from email.parser import HeaderParser
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from muniment.core.licences.declared.strings import understand
from muniment.core.licences.metadata.statement import Statement, statement

_HEAD = 65_536  # code points of a header block or of a field's value
_RUBY = re.compile(r"^[ \t]*\w+\.licen[sc]es?\s*=\s*(\[[^\]]*\]|%w\[[^\]]*\]|\"[^\"\n]*\"|'[^'\n]*')", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
_CABAL = re.compile(r"^licen[sc]e:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
_CABAL_NAMES = {"BSD2": "BSD-2-Clause", "BSD3": "BSD-3-Clause", "BSD4": "BSD-4-Clause"}
_CONDA = re.compile(r"^about:[ \t]*\n((?:[ \t]+.*\n|[ \t]*\n|#.*\n)*)", re.MULTILINE)
_CONDA_FIELD = re.compile(r"^[ \t]+licen[sc]e:[ \t]*[\"']?([^\"'\n#]+)", re.MULTILINE)
_MARKUP = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)


def core_metadata(text: str) -> list[Statement]:
    """METADATA and PKG-INFO (PEP 566, 639): `License-Expression`, else `License`, else, or where that says too little, the classifiers."""
    fields = HeaderParser().parsestr(text[:_HEAD].split("\n\n", 1)[0])
    if expression := str(fields.get("License-Expression") or "").strip():
        return [Statement("License-Expression", (expression,))]
    told = str(fields.get("License") or "").strip()
    first = told.splitlines()[0] if told and told.upper() != "UNKNOWN" else ""
    classifiers = [str(each) for each in fields.get_all("Classifier") or () if str(each).startswith("License ::")]
    return _licence_or_classifiers(first, classifiers)


def pyproject(text: str) -> list[Statement]:
    """pyproject.toml: `project.license`, a string or a table, the classifiers, and Poetry's own table."""
    tables = tomllib.loads(text)
    project = _table(tables, "project")
    licence = project.get("license")
    told = licence if isinstance(licence, str) else _table(project, "license").get("text")
    told = told or _table(_table(tables, "tool"), "poetry").get("license")
    classifiers = project.get("classifiers")
    listed = [each for each in classifiers if str(each).startswith("License ::")] if isinstance(classifiers, list) else []
    return _licence_or_classifiers(told if isinstance(told, str) else "", listed)


def setup_cfg(text: str) -> list[Statement]:
    """setup.cfg: `license` and the classifiers of its metadata."""
    parser = RawConfigParser(strict=False, allow_no_value=True)
    parser.read_string(text)
    told = parser.get("metadata", "license", fallback="") or ""
    classifiers = (parser.get("metadata", "classifiers", fallback="") or "").split("\n")
    return _licence_or_classifiers(told, [each.strip() for each in classifiers if each.strip().startswith("License ::")])


def package_json(text: str) -> list[Statement]:
    """package.json: `license`, an expression; older ones have records and lists of choices."""
    package = _record(text)
    return statement("license", package.get("license"), "OR") or statement("licenses", package.get("licenses"), "OR")


def composer(text: str) -> list[Statement]:
    """composer.json: `license`, of which a list is a choice."""
    return statement("license", _record(text).get("license"), "OR")


def cargo(text: str) -> list[Statement]:
    """Cargo.toml: `license` of the package or of the workspace's packages."""
    tables = tomllib.loads(text)
    shared = _table(_table(tables, "workspace"), "package")
    return statement("license", _table(tables, "package").get("license")) if "package" in tables else statement(
        "workspace license", shared.get("license")
    )  # fmt: skip


def pom(text: str) -> list[Statement]:
    """pom.xml: `licenses`, of which the user may choose one."""
    told = []
    for licence in _xml(text).iterfind("./{*}licenses/{*}license"):
        told.append({name: licence.findtext(f"{{*}}{name}") for name in ("name", "url")})
    return statement("licenses", told, "OR")


def nuspec(text: str) -> list[Statement]:
    """A NuGet manifest: an expression, else the address of the licence."""
    tree = _xml(text)
    for licence in tree.iterfind(".//{*}license[@type='expression']"):
        return statement("license", licence.text)
    return statement("licenseUrl", tree.findtext(".//{*}licenseUrl"))


def appstream(text: str) -> list[Statement]:
    """An AppStream metainfo file: the licence of the project, not that of the file."""
    return statement("project_license", _xml(text).findtext("./{*}project_license"))


def gemspec(text: str) -> list[Statement]:
    """A Ruby gem's specification, read without being run."""
    told = [licence for found in _RUBY.finditer(text) for licence in _QUOTED.findall(found[1]) or found[1][3:-1].split()]
    return statement("licenses", told)


def cran(text: str) -> list[Statement]:
    """DESCRIPTION of an R package."""
    fields = HeaderParser().parsestr(text[:_HEAD].split("\n\n", 1)[0])
    return statement("License", str(fields.get("License") or "")) if fields.get("Package") else []


def cabal(text: str) -> list[Statement]:
    """A Haskell package: SPDX since Cabal 2.2, names of its own before."""
    return [Statement("license", (_CABAL_NAMES.get(found[1].strip(), found[1].strip()),)) for found in _CABAL.finditer(text)][:1]


def conda(text: str) -> list[Statement]:
    """meta.yaml of conda: a template of YAML, so only the field is read."""
    about = _CONDA.search(f"{text}\n")
    return [Statement("about license", (found[1].strip(),)) for found in _CONDA_FIELD.finditer(about[1] if about else "")][:1]


def _licence_or_classifiers(told: str, classifiers: list[str]) -> list[Statement]:
    said = statement("License", told)
    if not classifiers or (said and understand(told)):
        return said
    names = [each for each in classifiers if not each.endswith(("OSI Approved", "Other/Proprietary License"))] or classifiers
    return [*said, Statement("Classifier", tuple(names))]


def _record(text: str) -> dict[str, object]:
    value = json.loads(text)
    return value if isinstance(value, dict) else {}


def _table(tables: dict[str, object], name: str) -> dict[str, object]:
    value = tables.get(name)
    return value if isinstance(value, dict) else {}


def _xml(text: str) -> Any:
    tree = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), _MARKUP)
    return etree.Element("empty") if tree is None else tree
