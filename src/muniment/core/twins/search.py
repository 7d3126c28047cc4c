"""Duplicate search over n documents: group by signature, take the texts that may matter, decide."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pyarrow as pa

from muniment.core.twins.bands import ROWS, group
from muniment.core.twins.kernel import SKETCH, Array, band_keys
from muniment.core.twins.leaders import Cosines, Decisions, Rows, lead
from muniment.core.twins.preference import CRITERIA, rank, reasons
from muniment.core.twins.shingles import Memory, Shingler, Spool
from muniment.core.twins.sketch import LABEL, VERSION, sketches
from muniment.core.twins.sparing import SPARED
from muniment.core.twins.visits import KINDS
from muniment.policies.duplicates import Duplicates
from muniment.schemas.canonical import digest
from muniment.schemas.evidence import TWIN

_FACTS = ("tokens", "sequence", "shape", "numbers")
_TRAITS = ("domain", "source", "project", "path", "vendored", "settled")


class Search:
    """Three steps: make it from signatures, `add` the texts of the documents that it `wants`, ask it for the `twins`.

    `subjects` are rows of `SUBJECT` and `signatures` rows of `SIGNATURE`, which may have more than one for a document: that of its
    domain's shingle size is taken. Documents without one take no part.
    """

    def __init__(self, subjects: pa.Table, signatures: pa.Table, policy: Duplicates, spool: Spool | None = None) -> None:
        self.policy = policy
        picked = _picked(subjects, signatures, policy)
        whole = group(
            lambda band: _keys(signatures, band)[picked["signature"].to_numpy()],
            *(picked[name].to_numpy() for name in ("sequence", "tokens", "ngram")),
        )
        # Most documents share no group with another: they are kept, and nothing more is held of them.
        picked = picked.with_row_index("at").filter(pl.Series(whole.shared))
        ranked = _ranked(subjects, picked, policy)
        self._groups, self._rows = whole.only(ranked["at"].to_numpy()), _rows(ranked, signatures)
        raw, ngrams = ranked["raw"].to_numpy(), ranked["ngram"].to_numpy()
        self._shingler = Shingler(self._groups, self._rows.tokens, raw, ngrams, spool or Memory())
        self._ranked = ranked.select("doc_id", *CRITERIA)
        self._ids = self._ranked.select("doc_id").with_row_index("at").sort("doc_id")

    @property
    def wanted(self) -> pa.Array:
        """Ids of the documents whose texts are needed, sorted."""
        return self._ids.filter(pl.Series(self._shingler.wanted[self._ids["at"].to_numpy()]))["doc_id"].to_arrow().cast(pa.string())

    def add(self, doc_ids: pa.Array | pa.ChunkedArray, texts: pa.Array | pa.ChunkedArray) -> None:
        """Take texts; those that are not wanted are passed over."""
        if not len(self._ids):
            return
        rows = self._find(pl.Series(doc_ids))
        places = np.flatnonzero((rows >= 0) & self._shingler.wanted[rows])
        self._shingler.add(rows[places], texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts, places)

    def _find(self, ids: pl.Series) -> Array:
        """Rows of these ids, -1 for a stranger."""
        known, at = self._ids["doc_id"], self._ids["at"]
        place = known.search_sorted(ids.cast(pl.String)).clip(0, len(known) - 1)
        found = at.gather(place).cast(pl.Int64).to_numpy()
        return np.where((known.gather(place) == ids).to_numpy(), found, -1)

    def twins(self, cosines: Callable[[pl.Series, pl.Series], Array] | None = None) -> pa.Table:
        """`TWIN` rows of the documents that are not settled, sorted by document. `cosines` gives the similarity of pairs of ids."""
        ids = self._ranked["doc_id"]
        of_rows: Cosines | None = (lambda a, b: cosines(ids.gather(a), ids.gather(b))) if cosines else None
        domains = self.policy.domain
        made = lead(
            self._rows, self._groups, self._shingler.sets(), domains, of_rows if any(each.cosine for each in domains) else None
        )
        return _table(self._ranked, made, self.policy)


def parameters(policy: Duplicates) -> str:
    """Digest of everything that a decision about duplicates follows from, beside the documents."""
    return digest([policy, VERSION])


def _picked(subjects: pa.Table, signatures: pa.Table, policy: Duplicates) -> pl.DataFrame:
    """The signature of each subject in its domain's shingle size: domain, ngram, facts, and which rows of both tables they are."""
    sizes = pl.Series([each.ngram for each in policy.domain], dtype=pl.Int32)
    domains = pl.Series("domain", _domains(subjects, policy))
    facts = pl.DataFrame(signatures.select(["ngram", *_FACTS, "raw"])).with_row_index("signature")
    if len(policy.ngrams) == 1 and signatures["doc_id"].equals(subjects["doc_id"]) and (facts["ngram"] == sizes[0]).all():
        return facts.with_columns(domains, subject="signature")  # as they mostly come; a join would hold all of it twice
    own = pl.DataFrame(subjects.select(["doc_id"])).with_columns(domains, ngram=sizes.gather(domains)).with_row_index("subject")
    named = facts.with_columns(doc_id=pl.Series(signatures["doc_id"]))
    return named.join(own, on=["doc_id", "ngram"], maintain_order="left").drop("doc_id")


def _keys(signatures: pa.Table, band: int) -> Array:
    """Keys of a band of all signatures, a piece at a time: they are never copied together."""
    pieces = signatures.select(["sketch"]).to_batches()
    return np.concatenate([np.empty(0, np.uint32), *(band_keys(sketches(pa.table(each)), band, ROWS) for each in pieces)])


def _ranked(subjects: pa.Table, picked: pl.DataFrame, policy: Duplicates) -> pl.DataFrame:
    """What was picked with all that is known of it, in order of preference."""
    known = pl.DataFrame(subjects.drop(["media_type", "language"]).take(picked["subject"].to_arrow()))
    return rank(picked.hstack(known).with_columns(source=pl.col("source_id").rank("dense").cast(pl.Int32)), policy)


def _rows(ranked: pl.DataFrame, signatures: pa.Table) -> Rows:
    """The same as columns, with their sketches."""
    place = np.full(signatures.num_rows, -1, np.int32)
    place[ranked["signature"].to_numpy()] = np.arange(len(ranked))
    packed, first = np.empty((len(ranked), SKETCH), np.uint16), 0
    for piece in signatures.select(["sketch"]).to_batches():
        rows = place[first : first + piece.num_rows]
        packed[rows[rows >= 0]] = sketches(pa.table(piece))[rows >= 0]
        first += piece.num_rows
    return Rows(packed, **{name: ranked[name].to_numpy() for name in (*_FACTS, *_TRAITS)})


def _domains(subjects: pa.Table, policy: Duplicates) -> Array:
    """Place of each document's domain in the policy."""
    if len(policy.domain) == 1:
        return np.zeros(subjects.num_rows, np.int32)
    frame = pl.DataFrame(subjects.select(["source_id", "media_type", "language"]))
    kinds = frame.unique(maintain_order=True)
    place = [next(n for n, each in enumerate(policy.domain) if each.covers(*row)) for row in kinds.iter_rows()]
    joined = frame.join(
        kinds.with_columns(place=pl.Series(place, dtype=pl.Int32)),
        on=frame.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return joined["place"].to_numpy()


def _table(ranked: pl.DataFrame, made: Decisions, policy: Duplicates) -> pa.Table:
    rows = np.flatnonzero(made.canonical >= 0)
    canonical, ids = made.canonical[rows], ranked["doc_id"]
    cosine = pl.Series(made.cosine[rows], dtype=pl.Float32)
    table = pl.DataFrame(
        {
            "doc_id": ids.gather(rows),
            "detector": pl.repeat(LABEL, len(rows), eager=True),
            "canonical_id": ids.gather(canonical),
            "kind": pl.Series([KINDS[each] for each in made.kind[rows]], dtype=pl.String),
            "jaccard": pl.Series(made.jaccard[rows], dtype=pl.Float64).cast(pl.Float32),
            "estimate": pl.Series(made.estimate[rows] / 128, dtype=pl.Float32),
            "cosine": cosine.fill_nan(None),
            "spared": pl.Series([SPARED[each] for each in made.spared[rows]], dtype=pl.String),
            "cluster": ids.gather(made.cluster[rows]),
            "preferred": reasons(ranked, rows, canonical, policy),
            "parameters": pl.repeat(parameters(policy), len(rows), eager=True),
        }
    )
    return table.sort("doc_id").to_arrow().cast(TWIN)
