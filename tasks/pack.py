"""Gather what a steward needs to decide about a judgement."""

import polars as pl

from muniment.core.redaction import mask
from muniment.errors import NotFound
from muniment.schemas.capture import Capture, Judgement
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import EVAL_HIT, FINDING, TWIN
from muniment.schemas.review import Pack, Section
from muniment.schemas.source import Source
from muniment.schemas.verdict import SEVERITY, VERDICT, Action
from muniment.store.root import Root, open_root
from muniment.tasks import policies
from muniment.tasks.columns import section
from muniment.tasks.derive import frame
from muniment.tasks.detectors import FINDERS
from muniment.tasks.judge import standing
from muniment.tasks.names import searched
from muniment.tasks.papers import disagreements
from muniment.tasks.step import step

_SAMPLES, _ROWS = 3, 12


@step
def gather_pack(uri: str, identifier: str) -> Pack:
    """The evidence pack of a judgement (by its id, its capture's id or its source); raises `NotFound`."""
    root = open_root(uri)
    judgement = find_judgement(root, identifier)
    capture = root.manifests.get(f"captures/{judgement.source}", judgement.capture, Capture)
    source = root.registry.get(judgement.source)
    verdicts = frame(root.lake.read_all([each.verdicts for each in judgement.shards], VERDICT))
    total = max(sum(judgement.actions.values()), 1)
    kept = sum(judgement.actions.get(action, 0) for action in ("accept", "redact", "known-risk"))
    return Pack(
        judgement=judgement.id,
        capture=capture.id,
        source=source.id,
        lane=str(source.lane),
        headline=f"{kept:,} of {total:,} documents would be promoted",
        sections=(
            _actions(judgement, total),
            _reasons(root, judgement),
            _first(verdicts),
            _changes(capture),
            _source(source),
            _redactions(root, judgement),
            *_columns(root, source, capture),
            disagreements(root, judgement, verdicts["rights"]),
            _share("Licences", "Concluded licence", verdicts["licence"].fill_null("unknown or conflicting")),
            _share("Languages", "Language", verdicts["language"].fill_null("undetermined")),
            _duplicates(root, judgement),
            _evaluation(root, judgement),
            _set_aside(capture),
        ),
    )


def find_judgement(root: Root, identifier: str) -> Judgement:
    """The judgement that an id names: its own, its capture's, or that of a source (the latest); raises `NotFound`."""
    for judgement in standing(root):
        if identifier in (judgement.source, judgement.id, judgement.capture):
            return judgement
    if identifier in root.manifests.ids("judgements"):
        return root.manifests.get("judgements", identifier, Judgement)
    raise NotFound(
        f"Nothing to review is called {identifier}.",
        "Give a source, a capture or a judgement; `muniment source list` shows sources.",
    )


def _source(source: Source) -> Section:
    said = [
        ("Owner", source.owner), ("Steward", source.steward), ("Classification", str(source.classification)),
        ("Kind", str(source.kind)), ("Declared licence", source.declared_licence or "none"), ("Readable by", ", ".join(source.acl) or "nobody"),
        ("Tenant", source.tenant), ("Authority", str(source.authority)),
    ]  # fmt: skip
    return Section(title="Source", columns=("", ""), rows=tuple(said))


def _changes(capture: Capture) -> Section:
    rows = tuple((name.replace("_", " "), f"{count:,}") for name, count in capture.counts.items())
    return Section(title="Since the last capture", columns=("What", "How many"), rows=rows)


def _actions(judgement: Judgement, total: int) -> Section:
    rows = tuple(
        (str(action), f"{judgement.actions.get(action, 0):,}", f"{judgement.actions.get(action, 0) / total:.1%}")
        for action in sorted(Action, key=SEVERITY.__getitem__)
    )
    note = (
        ""
        if not judgement.failed
        else f"Evidence is missing: {', '.join(f'{name} ({error})' for name, error in judgement.failed.items())}."
    )
    return Section(title="Verdicts", columns=("Action", "Documents", "Share"), rows=rows, note=note)


def _reasons(root: Root, judgement: Judgement) -> Section:
    rules = policies.current(root).by_code()
    rows = [
        (
            code,
            f"{count:,}",
            f"{rules[code].action}{'' if rules[code].enforced else ' (guidance)'}" if code in rules else "hold",
            rules[code].why if code in rules else "A required detector gave no evidence.",
        )
        for code, count in sorted(judgement.reasons.items(), key=lambda each: -each[1])
    ]
    return Section(title="Reasons", columns=("Code", "Documents", "Action", "Why"), rows=tuple(rows))


def _redactions(root: Root, judgement: Judgement) -> Section:
    found = [each.evidence[name] for each in judgement.shards for name in FINDERS if name in each.evidence]
    findings = frame(root.lake.read_all(found, FINDING))
    groups = findings.group_by("type").agg(pl.len(), pl.col("doc_id").n_unique().alias("documents")).sort("len", descending=True)
    samples = (
        findings.sort("score", "keyed_hash", descending=True)
        .unique("keyed_hash", maintain_order=True)
        .group_by("type", maintain_order=True)
        .head(_SAMPLES)
    )
    masked = _masked(root, judgement, samples)
    rows = tuple(
        (row["type"], f"{row['len']:,}", f"{row['documents']:,}", "  ".join(masked.get(row["type"], [])))
        for row in groups.to_dicts()
    )
    return Section(
        title="Personal data and secrets",
        columns=("Type", "Findings", "Documents", "Masked samples"),
        rows=rows,
        note=" ".join([*(() if rows else ("None found.",)), searched(root, judgement)]),
    )


def _columns(root: Root, source: Source, capture: Capture) -> tuple[Section, ...]:
    found = section(root, source, capture.columns)
    return (found,) if found else ()


def _masked(root: Root, judgement: Judgement, samples: pl.DataFrame) -> dict[str, list[str]]:
    """Masked values by type: the only place where a value is looked at, and it leaves only masked."""
    texts: dict[str, str] = {}
    wanted = set(samples["doc_id"])
    for each in judgement.shards:
        for doc_id in sorted(wanted - set(texts)):
            found = root.lake.find(each.shard, DOCUMENT, doc_id, ["text"])
            if found.num_rows:
                texts[doc_id] = found["text"][0].as_py()
    shown: dict[str, list[str]] = {}
    for row in samples.to_dicts():
        if row["doc_id"] in texts:
            shown.setdefault(row["type"], []).append(f"`{mask(texts[row['doc_id']][row['start'] : row['end']])}`")
    return {kind: list(dict.fromkeys(values)) for kind, values in shown.items()}


def _share(title: str, column: str, values: pl.Series) -> Section:
    counts = values.value_counts(sort=True).rows()
    rows = tuple((str(value), f"{count:,}", f"{count / max(len(values), 1):.1%}") for value, count in counts[:_ROWS])
    more = f"And {len(counts) - _ROWS} more." if len(counts) > _ROWS else ""
    return Section(title=title, columns=(column, "Documents", "Share"), rows=rows, note=more)


def _duplicates(root: Root, judgement: Judgement) -> Section:
    if judgement.twins is None:
        return Section(title="Duplicates", columns=(), rows=(), note="Not searched: the policy runs no such detector.")
    twins = frame(root.lake.read(judgement.twins, TWIN))
    removed = twins.filter(pl.col("spared").is_null())
    largest = (
        removed.group_by("canonical_id")
        .agg(pl.len(), pl.col("jaccard").min(), pl.col("kind").unique().sort(), pl.col("preferred").mode().sort().first())
        .sort("len", "canonical_id", descending=[True, False])
    )
    rows = tuple(
        (f"`{row['canonical_id']}`", f"{row['len']:,}", ", ".join(row["kind"]), f"{row['jaccard']:.2f}", row["preferred"])
        for row in largest.head(5).to_dicts()
    )
    spared = ", ".join(
        f"{row['len']:,} {row['spared']}" for row in twins["spared"].drop_nulls().value_counts(name="len").sort("spared").to_dicts()
    )
    note = (
        f"{removed.height:,} documents duplicate one of {largest.height:,} kept ones."
        if rows
        else "No document duplicates a kept one."
    )
    note += f" Kept though close to another: {spared}." * bool(spared) + " The largest groups:" * bool(rows)
    return Section(
        title="Duplicates",
        columns=("Kept document", "Duplicates of it", "Kinds", "Least Jaccard", "Preferred for"),
        rows=rows,
        note=note,
    )


def _evaluation(root: Root, judgement: Judgement) -> Section:
    found = [each.evidence["contamination"] for each in judgement.shards if "contamination" in each.evidence]
    hits = frame(root.lake.read_all(found, EVAL_HIT))
    groups = (
        hits.group_by("suite", "kind")
        .agg(pl.len(), pl.col("doc_id").n_unique().alias("documents"), pl.col("overlap").max())
        .sort("suite", "kind")
    )
    rows = tuple(
        (row["suite"], row["kind"], f"{row['len']:,}", f"{row['documents']:,}", f"{row['overlap']:.0%}")
        for row in groups.to_dicts()
    )
    return Section(
        title="Evaluation sets",
        columns=("Suite", "Kind", "Hits", "Documents", "Largest overlap"),
        rows=rows,
        note="" if rows else "No document overlaps a registered set.",
    )


def _set_aside(capture: Capture) -> Section:
    rows = tuple((reason, f"{count:,}") for reason, count in capture.set_aside_reasons.items())
    return Section(
        title="Set aside", columns=("Reason", "Records"), rows=rows, note="" if rows else "Every record could be taken in."
    )


def _first(verdicts: pl.DataFrame) -> Section:
    """One held or rejected document of each combination of reasons, the rarest combinations first."""
    stopped = verdicts.filter(pl.col("action").is_in(["hold", "reject"])).with_columns(
        pl.col("reasons").list.join(", ").alias("why")
    )
    rows = (
        stopped.group_by("why")
        .agg(pl.len(), pl.col("doc_id").min(), pl.col("action").first())
        .sort("len", "why")
        .head(_ROWS)
        .to_dicts()
    )
    table = tuple((f"`{row['doc_id']}`", row["action"], row["why"], f"{row['len']:,}") for row in rows)
    return Section(
        title="Worth reading first",
        columns=("Document", "Action", "Reasons", "Documents like it"),
        rows=table,
        note="`muniment explain ID` tells a document's whole story." if table else "",
    )
