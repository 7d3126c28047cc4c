"""Show the items of a set to whoever may read them."""

from muniment.errors import NotFound
from muniment.schemas.evalset import EvalSet, Item, Version
from muniment.schemas.ledger import Draft, EntryKind
from muniment.store.root import Root, open_root
from muniment.tasks import evalsets
from muniment.tasks.evaluation.access import require_evaluator
from muniment.tasks.step import run_id


def show_items(uri: str, name: str, user: str, version: int = 0) -> list[Item]:
    """The items of a version (0: the one in force), for a principal of the set's group; raises `Forbidden`, `NotFound`.

    The ledger says so before they are shown: who, which set, which version."""
    root = open_root(uri)
    held, _ = evalsets.one(root, name)
    require_evaluator(root, held, user)
    chosen = _version(held, version)
    rows, secret = evalsets.rows(root, chosen.items).to_dicts(), evalsets.key(root)
    _record(root, held, chosen, user)
    return [
        Item.model_validate(
            {key: each[key] for key in each if key != "suite"} | {"handle": evalsets.handle(secret, name, each["item"])}
        )
        for each in rows
    ]


def _version(held: EvalSet, number: int) -> Version:
    chosen = [each for each in held.kept if each.number == number] if number else [held.kept[-1]]
    if not chosen:
        raise NotFound(f"{held.id} has no version {number}.", f"`muniment evalset history {held.id}` lists them.")
    return chosen[0]


def _record(root: Root, held: EvalSet, version: Version, user: str) -> None:
    root.record(
        Draft(
            kind=EntryKind.EVALSET_SHOWN,
            actor=user,
            run=run_id(),
            subjects=(f"evalset:{held.id}",),
            inputs=(f"evalset:{held.id}@{version.number}",),
            counts={"items": version.items.rows},
        )
    )
