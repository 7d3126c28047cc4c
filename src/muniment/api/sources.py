"""The registry of sources."""

import getpass

from muniment.schemas.source import Source
from muniment.store.root import open_root
from muniment.tasks import sources
from muniment.tasks.review import quarantine


def source_add(source: Source, root: str = "", actor: str = "") -> Source:
    """Register a source, or change it; it must be approved (again) before it is captured."""
    return sources.add_source(root, source, actor or getpass.getuser())


def source_approve(identifier: str, root: str = "", actor: str = "") -> Source:
    """Let a source feed the corpus."""
    return sources.approve_source(root, identifier, actor or getpass.getuser())


def source_suspend(identifier: str, root: str = "", actor: str = "") -> Source:
    """Stop a source."""
    return sources.suspend_source(root, identifier, actor or getpass.getuser())


def source_list(root: str = "") -> list[Source]:
    """Every registered source."""
    return open_root(root).registry.all()


def source_quarantine(pattern: str, reason: str, root: str = "", actor: str = "") -> list[quarantine.Dependants]:
    """Put a source, or all whose id matches a glob, back into quarantine; gives what was made from each."""
    return quarantine.quarantine_source(root, pattern, reason, actor or getpass.getuser())


def source_release(pattern: str, reason: str, root: str = "", actor: str = "") -> list[str]:
    """End a quarantine; the source returns once it is approved and promoted again."""
    return quarantine.release_source(root, pattern, reason, actor or getpass.getuser())
