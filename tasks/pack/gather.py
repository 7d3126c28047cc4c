"""Put a pack together: what decides first, what explains it after."""

from muniment.schemas.capture import Capture
from muniment.schemas.review import Pack
from muniment.store.root import open_root
from muniment.tasks import columns
from muniment.tasks.pack import changes, charts, decisions, duplicates, evaluation, outliers, personal, shares, summary, verdicts
from muniment.tasks.pack.facts import Facts
from muniment.tasks.pack.find import find_judgement
from muniment.tasks.review import risk
from muniment.tasks.rights import papers
from muniment.tasks.step import step


@step
def gather_pack(uri: str, identifier: str) -> Pack:
    """The evidence pack of a judgement (by its id, its capture's id or its source); raises `NotFound`."""
    root = open_root(uri)
    judgement = find_judgement(root, identifier)
    capture = root.manifests.get(f"captures/{judgement.source}", judgement.capture, Capture)
    facts = Facts(root, judgement, capture, root.registry.get(judgement.source))
    held = columns.section(root, facts.source, capture.columns)
    return Pack(
        judgement=judgement.id,
        capture=capture.id,
        source=facts.source.id,
        lane=summary.lane(facts),
        headline=summary.headline(facts),
        sections=(
            summary.glance(facts),
            decisions.effects(facts),
            verdicts.first(facts),
            verdicts.reasons(facts),
            changes.shifts(facts),
            personal.redactions(facts),
            *((held,) if held else ()),
            papers.disagreements(root, judgement, facts.verdicts["rights"]),
            shares.licences(facts),
            duplicates.clusters(facts),
            evaluation.hits(facts),
            outliers.outliers(facts),
            shares.languages(facts),
            evaluation.set_aside(facts),
            risk.section(root, judgement),
            summary.source(facts),
            decisions.so_far(facts),
        ),
        charts=charts.charts(facts),
    )
