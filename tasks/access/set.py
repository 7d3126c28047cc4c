"""Say who may read documents or a source from now on, over what they were promoted with."""

from collections.abc import Sequence
from typing import Any

from muniment.errors import Forbidden, NotFound, RegistryError
from muniment.schemas.access import Change, Via
from muniment.schemas.source import Classification, Source, Status
from muniment.store.root import Root, open_root
from muniment.tasks.access.authority import may_open, own_acls, require_opening, sources_of
from muniment.tasks.access.changes import changed, write
from muniment.tasks.explain import identify


def set_access(
    uri: str,
    reason: str,
    actor: str,
    sources: Sequence[str] = (),
    documents: Sequence[str] = (),
    groups: Sequence[str] | None = None,
    classification: Classification | None = None,
    tenant: str | None = None,
) -> Change:
    """Narrow who may read, by anybody's word, or set it, by the word of who answers for the source. In force when it returns.

    Raises `NotFound`, `RegistryError` when nothing is said or named.
    """
    root = open_root(uri)
    if groups is None and classification is None and tenant is None:
        raise RegistryError("Nothing is said about who may read.", "Give --groups, --classification or --tenant.")
    doc_ids, reached = _reached(root, sources, documents)
    exact = all(may_open(root, each, actor) for each in reached)
    fields = {
        "via": Via.SET,
        "sources": tuple(sorted(sources)),
        "documents": doc_ids,
        "groups": None if groups is None else tuple(sorted({*groups})),
        "classification": classification,
        "tenant": tenant,
        "exact": exact,
        "narrows": any(own_acls(root.registry.history(each)) for each in sources),
        "reason": _said(reason),
    }
    return write(root, fields, actor)


def clear_access(uri: str, reason: str, actor: str, sources: Sequence[str] = (), documents: Sequence[str] = ()) -> Change:
    """Let what was promoted hold again; raises `Forbidden` for somebody who does not answer for the source, and `NotFound`."""
    root = open_root(uri)
    doc_ids, reached = _reached(root, sources, documents)
    require_opening(root, reached, actor)
    fields = {"via": Via.CLEAR, "sources": tuple(sorted(sources)), "documents": doc_ids, "exact": True, "reason": _said(reason)}
    return write(root, fields, actor)


def close_first(root: Root, source: Source, actor: str) -> Change | None:
    """Before an entry is changed: let it narrow at once who reads what was promoted of its source. None when it says nothing new."""
    try:
        history = root.registry.history(source.id)
    except NotFound:
        return None
    before = history[-1]
    same = (before.acl, before.classification, before.tenant) == (source.acl, source.classification, source.tenant)
    if same or not any(each.status is Status.APPROVED for each in history):  # of what was never approved nothing was captured
        return None
    return write(root, _entry(source, history, exact=False), actor)


def open_after(root: Root, kept: Source, actor: str) -> Change | None:
    """After an entry was approved: let it hold in full, where somebody approved it who answers for the source."""
    held = changed(root).sources.get(kept.id)
    pending = held is not None and held.registry is not None and not held.registry.exact
    if not (pending and kept.status is Status.APPROVED and may_open(root, kept.id, actor)):
        return None
    return write(root, _entry(kept, root.registry.history(kept.id), exact=True), actor)


def _entry(source: Source, history: list[Source], exact: bool) -> dict[str, Any]:
    return {
        "via": Via.REGISTRY,
        "sources": (source.id,),
        "groups": None if own_acls([*history, source]) else source.acl,
        "classification": source.classification,
        "tenant": source.tenant,
        "exact": exact,
    }


def _reached(root: Root, sources: Sequence[str], documents: Sequence[str]) -> tuple[tuple[str, ...], set[str]]:
    """Ids of the documents, and every source that is named or that they are of."""
    if not (sources or documents):
        raise RegistryError("No source and no document is named.", "Give --source or --document.")
    doc_ids = tuple(sorted({identify(root, each) for each in documents}))
    for each in sources:
        root.registry.get(each)
    of_documents = sources_of(root, doc_ids) if doc_ids else {}
    return doc_ids, {*sources, *of_documents.values()}


def _said(reason: str) -> str:
    if not reason.strip():
        raise Forbidden("Who may read is changed for a reason.", "Give one: --reason.")
    return reason.strip()
