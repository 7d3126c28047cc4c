"""What must stay whatever its age: what refs show, and what legal holds, models and recipients rest on."""

from functools import cached_property

import pyarrow as pa

from muniment.schemas.snapshot import Snapshot
from muniment.schemas.stored import Manifest
from muniment.store.root import Root
from muniment.tasks import models
from muniment.tasks.audit import recipients
from muniment.tasks.corpus import target
from muniment.tasks.erasure import copies
from muniment.tasks.retain import holds


class Guard:
    """Looked up once a night, and only what is asked for."""

    def __init__(self, root: Root) -> None:
        self._root = root

    @cached_property
    def held(self) -> dict[str, str]:
        """Every kept document under a legal hold, with the hold's name."""
        return holds.everything_held(self._root)

    @cached_property
    def frozen(self) -> dict[str, str]:
        """Digest of every object with a row about a held document, with the name of a hold."""
        if not self.held:
            return {}
        name = min(self.held.values())
        return {each.digest: name for each in copies.holding(self._root, pa.array(sorted(self.held), pa.string()))}

    @cached_property
    def shown(self) -> dict[str, str]:
        """Snapshots and indexes that a ref shows, with the ref's name."""
        found: dict[str, str] = {}
        for ref in self._root.refs.names():
            held, _ = target(self._root, ref) if "/" not in ref else (None, "")
            if held:
                found |= dict.fromkeys(filter(None, (held.snapshot, held.index, held.before)), ref)
        return found

    @cached_property
    def handed_out(self) -> dict[str, str]:
        """Snapshots that a registered model learnt from, or that a recipient was given: their lineage must stay answerable."""
        learnt = {name: f"model {model.name}" for model in models.registered(self._root) for name in model.snapshots}
        return {each.snapshot: f"recipient {each.name}" for each in recipients.registered(self._root)} | learnt

    @cached_property
    def snapshots(self) -> list[Snapshot]:
        """Every kept snapshot."""
        return list(self._root.manifests.all("snapshots", Snapshot))

    def keeps(self, manifest: Manifest) -> str:
        """By what a manifest that is due stays, or empty."""
        if by := self.handed_out.get(manifest.id, ""):
            return by
        hold = next((self.frozen[each] for each in copies.named(manifest) if each in self.frozen), "") if self.frozen else ""
        return f"hold {hold}" if hold else ""
