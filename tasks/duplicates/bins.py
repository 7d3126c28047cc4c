"""Duplicate search over any number of documents: whole when it is small, else in bins that share no candidate, one after the other
in every process of the pool. The engine of a cluster would run the same functions over the same objects."""

import polars as pl
import pyarrow as pa

from muniment.core import twins
from muniment.core.twins import shuffle
from muniment.policies.duplicates import Duplicates
from muniment.schemas.canonical import digest
from muniment.schemas.document import DOCUMENT
from muniment.schemas.evidence import SIGNATURE, SUBJECT, TWIN
from muniment.schemas.signatures import Home
from muniment.schemas.source import Record
from muniment.store.root import Root, open_root
from muniment.store.scratch import Scratch
from muniment.store.spool import FileSpool
from muniment.tasks.derive import frame
from muniment.tasks.duplicates.embedding import cosines
from muniment.tasks.pool import spread

DOCUMENTS = 250_000  # of a bin, about
_TEXTS = ["doc_id", "text"]


class Keying(Record):
    """One piece of a shuffle's signatures, to be sent by key to so many parts."""

    uri: str
    shuffle: str
    number: int
    parts: int


class Linking(Record):
    """One part of a shuffle's keys, whose groups are to be linked."""

    uri: str
    shuffle: str
    part: int
    inputs: int


class Searching(Record):
    """One bin of a shuffle, to be searched; `homes` have the texts."""

    uri: str
    shuffle: str
    bin: int
    policy: Duplicates
    homes: tuple[Home, ...]


def search(
    subjects: pa.Table, signatures: pa.Table, policy: Duplicates, homes: list[Home], uri: str, documents: int = DOCUMENTS
) -> pa.Table:
    """`TWIN` rows of `subjects` (`SUBJECT`) with their `signatures`; `homes` are the shards that have their texts. The result does not
    depend on `documents`, which says from how many on the search is cut, and into how many bins."""
    root, count = open_root(uri), -(-subjects.num_rows // documents)
    if count < 2:
        return _search(root, subjects, signatures, policy, homes)
    with Scratch(root.objects, digest([subjects.num_rows, homes, policy])[:16]) as scratch:
        return _shuffled(scratch, subjects, signatures, policy, homes, uri, count)


def _shuffled(
    scratch: Scratch, subjects: pa.Table, signatures: pa.Table, policy: Duplicates, homes: list[Home], uri: str, count: int
) -> pa.Table:
    size = -(-signatures.num_rows // count)
    for number in range(count):
        scratch.write(f"signatures/{number}", signatures.slice(number * size, size))
    keying = [Keying(uri=uri, shuffle=scratch.name, number=number, parts=count) for number in range(count)]
    list(spread("compare: keys", send_keys, keying))
    linking = [Linking(uri=uri, shuffle=scratch.name, part=part, inputs=count) for part in range(count)]
    linked = pa.concat_tables(spread("compare: links", link, linking))
    binned = frame(shuffle.bins(linked, count))
    for number in range(count):
        own = binned.filter(pl.col("bin") == number)
        scratch.write(f"subjects/{number}", frame(subjects).join(own, on="doc_id", how="semi").to_arrow().cast(SUBJECT))
        scratch.write(f"binned/{number}", frame(signatures).join(own, on="doc_id", how="semi").to_arrow().cast(SIGNATURE))
    jobs = [Searching(uri=uri, shuffle=scratch.name, bin=number, policy=policy, homes=tuple(homes)) for number in range(count)]
    return pa.concat_tables([TWIN.empty_table(), *spread("compare: bins", search_bin, jobs)])


def send_keys(job: Keying) -> None:
    """Write the keys of some signatures, cut by part."""
    scratch = Scratch(open_root(job.uri).objects, job.shuffle)
    tables = shuffle.keyed(scratch.read(f"signatures/{job.number}", SIGNATURE), job.parts)
    for part, table in enumerate(tables):
        scratch.write(f"keys/{part}/{job.number}", table)


def link(job: Linking) -> pa.Table:
    """The links of one part's groups."""
    scratch = Scratch(open_root(job.uri).objects, job.shuffle)
    return shuffle.links(pa.concat_tables(scratch.read(f"keys/{job.part}/{number}", shuffle.KEYED) for number in range(job.inputs)))


def search_bin(job: Searching) -> pa.Table:
    """`TWIN` rows of one bin."""
    root = open_root(job.uri)
    scratch = Scratch(root.objects, job.shuffle)
    subjects, signatures = scratch.read(f"subjects/{job.bin}", SUBJECT), scratch.read(f"binned/{job.bin}", SIGNATURE)
    return _search(root, subjects, signatures, job.policy, list(job.homes))


def _search(root: Root, subjects: pa.Table, signatures: pa.Table, policy: Duplicates, homes: list[Home]) -> pa.Table:
    """The search itself. Of each shard the ids are read first, and texts only where one is wanted."""
    made = twins.Search(subjects, signatures, policy, FileSpool())
    wanted = made.wanted
    for home in homes:
        for batch in root.lake.about(home.shard, DOCUMENT, wanted, _TEXTS):
            made.add(batch["doc_id"], batch["text"])
    return made.twins(cosines(root, homes) if any(domain.cosine for domain in policy.domain) else None)
