"""muniment index tune: how a ref is searched, chosen on labelled queries."""

from typing import Annotated

import typer

from muniment.cli.screen import Actor, Json, Root, me, out, progress, show_json, show_table
from muniment.errors import NotFound
from muniment.schemas.ranking import Estimate, Recipe, Weighting
from muniment.tasks.search.tune import clear_tuning, tune_index


def tune(
    queries: Annotated[str, typer.Option(help="The set of labelled queries: `muniment queries list`.")] = "",
    ref: Annotated[str, typer.Option(help="The ref whose index is tuned.")] = "production",
    user: Annotated[
        str, typer.Option("--as", help="Who asks queries that name nobody; by default whoever may read everything.")
    ] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Search the ref by words alone again.")] = False,
    root: Root = "",
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Measure words, vectors and both on labelled queries, and let `search` use what beats words alone beyond chance.

    Examples: `muniment index tune --queries questions`; `muniment index tune --clear`
    """
    if clear:
        done = clear_tuning(root, actor or me(), ref)
        out.print(f"{ref} is searched by words alone again." if done else f"{ref} was not tuned.")
        return
    if not queries:
        raise NotFound("No set of queries is named.", "Give --queries NAME: `muniment queries list`.")
    with progress():
        made = tune_index(root, queries, actor or me(), ref, user)
    if as_json:
        return show_json(made)
    rows = [(_named(each.weighting), _said(each.ndcg10), _said(each.gain)) for each in made.measured]
    show_table(f"{made.count:,} queries of {made.queries}", ("Way", "nDCG@10", "Against words alone"), rows, _chosen(made))


def _chosen(made: Recipe) -> str:
    return f"{made.ref} is searched by {_named(made.weighting)}. Cross-fitted nDCG@10 {_said(made.chosen_ndcg10)}, against words alone {_said(made.chosen_gain)}."


def _named(way: Weighting) -> str:
    if way.dense in (0, 1):
        return "vectors alone" if way.dense else "words alone"
    return f"{1 - way.dense:.0%} words and {way.dense:.0%} vectors, by {'ranks' if way.by_ranks else 'scores'}"


def _said(estimate: Estimate) -> str:
    return (
        f"{estimate.value:.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"
        if estimate.low < 0
        else f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"
    )
