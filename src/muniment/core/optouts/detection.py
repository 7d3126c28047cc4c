"""The detector of opt-outs: what pages say of themselves, and what the files of a site say of all its paths."""

from collections.abc import Callable, Iterator, Mapping

import polars as pl
import pyarrow as pa

from muniment.core.detector import Detector
from muniment.core.optouts import ai_txt, page, robots, rsl, sites, tdmrep
from muniment.core.optouts.statement import Statement, table
from muniment.policies.ai_agents import Agents
from muniment.schemas.evidence import OPT_OUT

_NAME, _VERSION = "optouts", "1"
_READS = ("doc_id", "native_key", "notices", "text")
_Reader = Callable[[str], Iterator[Statement]]


def detector(agents: Agents) -> Detector:
    """The detector of `OPT_OUT` rows; `agents` is the table of AI agents.

    Nothing is concluded from a missing statement, and a file that cannot be read gives little or nothing, never an error.
    """
    uses = agents.uses_of()

    def detect(documents: pa.Table) -> pa.Table:
        frame = pl.DataFrame(documents.select(list(_READS)))
        return table([*_of_pages(frame, uses), *_of_sites(frame, uses)], f"{_NAME}@{_VERSION}")

    return Detector(_NAME, _VERSION, _READS, OPT_OUT, detect, {"agents": agents.digest, "words": page.WORDS})


def _of_pages(frame: pl.DataFrame, agents: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, Statement]]:
    words = [*page.WORDS, *agents]
    speaking = frame.filter(pl.col("notices").str.contains_any(words, ascii_case_insensitive=True))
    for doc_id, notices in speaking.select("doc_id", "notices").iter_rows():
        yield from ((doc_id, said) for said in page.statements(notices, agents))


def _of_sites(frame: pl.DataFrame, agents: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, Statement]]:
    readers: dict[str, _Reader] = {
        sites.ROBOTS: lambda text: robots.statements(text, agents),
        sites.AI_TXT: ai_txt.statements,
        sites.TDMREP: tdmrep.statements,
        sites.RSL: lambda text: rsl.statements(text, "rsl file"),
    }
    for doc_id, key, text in frame.filter(pl.col("native_key").str.contains(sites.PATTERN)).select(
        "doc_id", "native_key", "text"
    ).iter_rows():  # fmt: skip
        read = readers.get(sites.kind(key) or "")
        yield from ((doc_id, said) for said in (read(text) if read else ()))
