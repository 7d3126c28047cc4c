"""What response headers say of a page travels with it: into its verdict, into SQL, and out again with an erasure."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.stories import prose

from muniment import flows
from muniment.schemas.erasure import Selector
from muniment.schemas.source import Kind, Mapping, Source
from muniment.schemas.verdict import VERDICT
from muniment.store.root import open_root
from muniment.tasks.erasure.requests import request_erasure
from muniment.tasks.judge import standing
from muniment.tasks.tables import query

PAGES = [
    ("https://a.example/open", {"Content-Type": "text/html"}),
    ("https://a.example/closed", {"X-Robots-Tag": "noai", "Set-Cookie": "session=violet-quarry"}),
    ("https://a.example/tdm", {"TDM-Reservation": "1"}),
]


def test_headers_of_a_table_reserve_their_page_and_are_erased_with_it(
    uri: str, tmp_path: Path, register: Callable[..., Source]
) -> None:
    rows = [{"url": url, "text": prose(seed), "headers": json.dumps(held)} for seed, (url, held) in enumerate(PAGES)]
    pages = tmp_path / "pages.jsonl"
    pages.write_text("\n".join(map(json.dumps, rows)))
    register(pages, "pages", kind=Kind.TABLE, columns=Mapping(text="text", key="url", headers="headers"))
    flows.capture("pages", root=uri)
    root = open_root(uri)
    [judgement] = standing(root)
    verdicts = root.lake.read_all([shard.verdicts for shard in judgement.shards], VERDICT)
    assert sorted(verdicts["reserved"].to_pylist()) == [[], ["input", "train"], ["train"]]
    told = query(uri, "SELECT protocol, use, doc_id FROM optouts ORDER BY protocol, use").to_pylist()
    assert [(row["protocol"], row["use"]) for row in told] == [("noai", "train"), ("tdmrep", "input"), ("tdmrep", "train")]
    assert not any(b"violet-quarry" in path.read_bytes() for path in Path(uri).rglob("*") if path.is_file())
    request = request_erasure(uri, Selector(documents=(told[0]["doc_id"],)), "asked for", "dana")
    receipt = flows.erase(request.id, root=uri)
    assert receipt.proven and "opt-out" in {copy.place for copy in receipt.copies}
    assert query(uri, "SELECT count(*) AS n FROM optouts WHERE protocol = 'noai'").to_pylist() == [{"n": 0}]
