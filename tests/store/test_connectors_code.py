"""Git repositories and installed distributions."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain
from dulwich.objects import Blob, Tree
from dulwich.repo import Repo

from muniment.errors import InvalidRecord, SourceUnavailable
from muniment.schemas.source import Kind, Selection, Source
from muniment.store.connectors import connect
from muniment.store.connectors.item import Entry, Item

AUTHOR = b"Ann <ann@example.com>"


def source(kind: Kind, location: str | Path, **select: Any) -> Source:
    return Source(id="code", kind=kind, location=str(location), owner="ann", steward="bob", select=Selection(**select))


def items(kind: Kind, location: str | Path, **select: Any) -> dict[str, Item]:
    connector = connect(source(kind, location, **select))
    found = [reading for entry in connector.list() for reading in connector.read(entry)]
    return {each.native_key: each for each in found if isinstance(each, Item)}


def commit(folder: Path, time: int) -> None:
    porcelain.add(str(folder))
    porcelain.commit(str(folder), b"change", author=AUTHOR, committer=AUTHOR, commit_timestamp=time, author_timestamp=time)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "widgets"
    porcelain.init(str(folder)).close()
    (folder / "src").mkdir()
    (folder / "src" / "a.py").write_text("print('a')")
    (folder / "README.md").write_text("# Widgets")
    (folder / "link").symlink_to("/etc/passwd")
    commit(folder, 1_700_000_000)
    (folder / "src" / "a.py").write_text("print('b')")
    (folder / "dropped.txt").write_text("not committed")
    porcelain.add(str(folder), paths=[str(folder / "src" / "a.py")])
    porcelain.commit(
        str(folder), b"second", author=AUTHOR, committer=AUTHOR, commit_timestamp=1_710_000_000, author_timestamp=1_710_000_000
    )
    return folder


def test_a_repository_gives_the_files_of_its_head_with_their_last_change(repository: Path) -> None:
    found = items(Kind.GIT, repository)
    assert list(found) == ["README.md", "src/a.py"]
    assert found["src/a.py"].raw == b"print('b')"
    assert [int(each.modified.timestamp()) for each in found.values() if each.modified] == [1_700_000_000, 1_710_000_000]
    assert {each.project for each in found.values()} == {"widgets"}


def test_the_fingerprint_of_a_file_is_its_blob(repository: Path) -> None:
    before = {entry.key: entry.fingerprint for entry in connect(source(Kind.GIT, repository)).list()}
    (repository / "README.md").write_text("# Widgets, changed")
    commit(repository, 1_720_000_000)
    after = {entry.key: entry.fingerprint for entry in connect(source(Kind.GIT, repository)).list()}
    assert before["src/a.py"] == after["src/a.py"] and before["README.md"] != after["README.md"]


def test_a_repository_without_a_commit_or_none_at_all_is_unavailable(tmp_path: Path) -> None:
    porcelain.init(str(tmp_path / "empty")).close()
    for location in (tmp_path / "empty", tmp_path, tmp_path / "missing"):
        with pytest.raises(SourceUnavailable):
            list(connect(source(Kind.GIT, location)).list())


def test_paths_in_hostile_trees_are_refused(tmp_path: Path) -> None:
    porcelain.init(str(tmp_path / "evil")).close()
    with Repo(str(tmp_path / "evil")) as repo:
        blob, inner, outer = Blob.from_string(b"text"), Tree(), Tree()
        inner.add(b"passwd", 0o100644, blob.id)
        outer.add(b"..", 0o40000, inner.id)
        for each in (blob, inner, outer):
            repo.object_store.add_object(each)
        repo.get_worktree().commit(b"evil", tree=outer.id, author=AUTHOR, committer=AUTHOR)
    connector = connect(source(Kind.GIT, tmp_path / "evil"))
    [entry] = connector.list()
    [refusal] = connector.read(entry)
    assert isinstance(refusal, InvalidRecord) and refusal.reason == "PATH_TRAVERSAL"


def test_an_object_that_is_not_there_is_set_aside(repository: Path) -> None:
    for fingerprint in ("0" * 40, "zz", ""):
        [refusal] = connect(source(Kind.GIT, repository)).read(Entry("README.md", fingerprint, 1))
        assert isinstance(refusal, InvalidRecord) and refusal.reason == "VANISHED"


def install(site: Path, name: str, metadata: str, files: dict[str, str], outside: str = "") -> None:
    info = site / f"{name}-1.0.dist-info"
    for path, text in {
        **files,
        f"{info.name}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{metadata}\nBody",
    }.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    listed = [*files, f"{info.name}/METADATA", f"{info.name}/RECORD", "gone.py", *filter(None, [outside])]
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in listed))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    install(
        folder,
        "Alpha_One",
        "License-Expression: MIT\nLicense: other",
        {"alpha/a.py": "a = 1", "alpha/b.py": "b = 2", "alpha/c.md": "c"},
    )
    install(folder, "beta", "License: BSD", {"beta.py": "x = 1", "alpha/a.py": "claimed twice"}, outside="../../secret.txt")
    classified = (
        "License: UNKNOWN\nClassifier: License :: OSI Approved :: Apache Software License\nClassifier: License :: Public Domain"
    )
    install(folder, "gamma", classified, {"gamma.py": "x = 1", "__pycache__/gamma.pyc": "compiled"})
    install(folder, "delta", "Summary: says nothing", {"delta.py": "x = 1"})
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "stray.py").write_text("belongs to nobody")
    return folder


def test_distributions_give_their_files_with_the_licence_they_declare(site: Path) -> None:
    found = items(Kind.DISTRIBUTIONS, site, include=("**/*.py", "**/*.pyc", "**/*.txt"))
    assert {key: (item.path, item.project, item.declared_licence) for key, item in found.items()} == {
        "alpha-one/alpha/a.py": ("alpha/a.py", "alpha-one", "MIT"),
        "alpha-one/alpha/b.py": ("alpha/b.py", "alpha-one", "MIT"),
        "beta/beta.py": ("beta.py", "beta", "BSD"),
        "delta/delta.py": ("delta.py", "delta", None),
        "gamma/gamma.py": ("gamma.py", "gamma", "License :: OSI Approved :: Apache Software License\nLicense :: Public Domain"),
    }


def test_caps_hold_for_each_project_and_in_all(site: Path) -> None:
    assert list(items(Kind.DISTRIBUTIONS, site, include=("**/*.py",), max_per_project=1)) == [
        "alpha-one/alpha/a.py",
        "beta/beta.py",
        "delta/delta.py",
        "gamma/gamma.py",
    ]
    assert len(items(Kind.DISTRIBUTIONS, site, include=("**/*.py",), max_documents=3)) == 3


def test_a_file_of_a_distribution_that_became_a_link_is_refused(site: Path) -> None:
    (site / "beta.py").unlink()
    (site / "beta.py").symlink_to("../secret.txt")
    connector = connect(source(Kind.DISTRIBUTIONS, site, include=("beta.py",)))
    [entry] = connector.list()
    [refusal] = connector.read(entry)
    assert isinstance(refusal, InvalidRecord) and refusal.reason == "SYMLINK_ESCAPE"


def test_a_folder_of_distributions_that_is_gone_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable):
        list(connect(source(Kind.DISTRIBUTIONS, tmp_path / "missing")).list())


def test_the_standard_library_and_this_interpreters_packages_can_be_named() -> None:
    library = items(Kind.DISTRIBUTIONS, "stdlib", include=("json/*.py",))
    assert library["python/json/decoder.py"].raw == (Path(os.__file__).parent / "json" / "decoder.py").read_bytes()
    assert library["python/json/decoder.py"].project == "python"
    if sys.prefix != sys.base_prefix:
        found = items(Kind.DISTRIBUTIONS, "site-packages", include=("pytest/__init__.py",))
        assert found["pytest/pytest/__init__.py"].declared_licence == "MIT"
