"""Memory of the detectors of personal data and secrets over many documents: it must not grow with their number.

    python -m benchmarks.personal.memory [--documents 1000000]

Made documents of a few sentences with numbers, addresses and words for them go through both detectors in batches, as shards do. Peak
memory of the process is printed on the way: after the first batches it stays.
"""

import argparse
import random
import resource
from collections.abc import Iterator

import pyarrow as pa

from muniment.core import personal, secrets
from muniment.policies.secrets import secret_rules

BATCH = 20_000
KEY = b"benchmark"
SENTENCES = (
    "The meeting moved to {day}.{month}.20{year}, room {number}.",
    "Write to {word}.{other}@{word}-{number}.org or call +49 30 {number}{year}{day}.",
    "Telefon: 0{number} {year}{day}{month}, Kundennummer {number}{number}.",
    "She lives at {number} {name} Street, Apt. {day}.",
    "My card {card} was refused on 20{year}-{month}-{day}.",
    "export {word}_token = '{name}{number}{other}{number}'",
    "Der Preis stieg von {number},{day} auf {number},{month} Euro.",
    "See https://www.{word}{number}.net/{other}?id={number} for more of it.",
    "{name} and {word} have nothing to do with {other}, and there are many words that say nothing at all here.",
)
WORDS = ("alpha", "river", "stone", "quiet", "garden", "winter", "market", "letter", "bridge", "corner")


def main() -> None:
    """Detect, and print peak memory at every tenth of the way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    options = parser.parse_args()
    detectors = [personal.detector(KEY), secrets.detector(KEY, secret_rules())]
    done = found = 0
    step = max(BATCH, options.documents // 10)
    for batch in batches(options.documents):
        found += sum(detector.detect(batch).num_rows for detector in detectors)
        done += batch.num_rows
        if done % step < BATCH:
            print(f"{done:>9,} documents, {found:>9,} findings, peak {peak():,.0f} MB", flush=True)


def batches(documents: int) -> Iterator[pa.Table]:
    """Made documents, in tables of `BATCH`; never the same text twice."""
    made = random.Random(1)
    for first in range(0, documents, BATCH):
        numbers = range(first, min(first + BATCH, documents))
        texts = [f"Document {number}.\n" + "\n".join(sentence(made) for _ in range(6)) for number in numbers]
        yield pa.table({"doc_id": [f"{number:09d}" for number in numbers], "text": pa.array(texts, pa.large_string())})


def sentence(made: random.Random) -> str:
    """One sentence with values of its own."""
    number = made.randint(100, 99_999)
    return made.choice(SENTENCES).format(
        number=number,
        day=made.randint(10, 28),
        month=made.randint(10, 12),
        year=made.randint(10, 25),
        word=made.choice(WORDS),
        other=made.choice(WORDS),
        name=made.choice(WORDS).title(),
        card=f"4{made.randrange(10**15):015d}",
    )


def peak() -> float:
    """Peak resident memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
