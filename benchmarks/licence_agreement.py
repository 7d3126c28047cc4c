"""Every installed distribution: the licence that its files' texts say, against the one that its metadata declares.

    python -m benchmarks.licence_agreement [--all]

The text side reads the licence files and notices of a distribution (its own, not those of parts that it carries deeper inside) and not
its metadata; the other side reads nothing else. All that is no plain agreement is listed, with `--all` the agreements too.
"""

import argparse
import re
import time
from collections import Counter

from muniment.core.licences.expressions import keys_of
from muniment.core.licences.metadata import files
from muniment.store.installed import Environment, Installed
from muniment.tasks.rights import tools

KINDS = {
    "agree": "the same licences",
    "version": "the same family; a text of the GNU licences cannot say whether later versions are allowed",
    "text names it": "the metadata names a family or nothing that is a licence, the text names one",
    "text adds": "what is declared, and more: licences of parts that the package carries",
    "text has part": "some of the declared licences, and no other: of a choice or a list one text is there",
    "disagree": "both are understood and have nothing in common, or each has something that the other has not",
    "text not read": "licence files are there, and no licence was found in them",
    "no file": "a licence is declared, and no licence file is installed",
    "nothing": "neither side says anything that is a licence",
}


def main() -> None:
    """Print how many distributions fall under each kind, then the distributions of each kind but plain agreement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    shown = set(KINDS) - (set() if parser.parse_args().all else {"agree"})
    packages = list(Environment().all.values())
    tools.by_text(packages[:1])
    start = time.process_time()
    texts = tools.by_text(packages)
    spent = time.process_time() - start
    rows = [(compare(package, texts), package.name, said(package), texts.get(package.name)) for package in packages]
    counts = Counter(kind for kind, *_ in rows)
    print(f"{len(rows)} distributions, texts read in {spent:.1f} CPU s")
    for kind, meaning in KINDS.items():
        print(f"{counts[kind]:4} {counts[kind] / len(rows):6.1%}  {kind:14} {meaning}")
    for kind in KINDS:
        for each, name, declared, text in sorted(rows):
            if each == kind and kind in shown:
                print(f"{kind:14} {name}: declared {declared}; text {text}")


def said(package: Installed) -> str:
    """What the metadata says, as far as it is understood, else in its own words."""
    statements = files.read("metadata", package.metadata)
    return tools.declared(package) or " | ".join(", ".join(each.licences) for each in statements)[:120] or "nothing"


def compare(package: Installed, texts: dict[str, str | None]) -> str:
    """One of `KINDS`."""
    declared, text = keys_of(tools.declared(package) or ""), keys_of(texts.get(package.name) or "")
    if not text:
        found = package.name in texts
        return "text not read" if found else "no file" if declared else "nothing"
    if not declared:
        return "text names it"
    if declared == text:
        return "agree"
    wide, narrow = ({re.sub(r"-(?:only|or-later)$", "", name) for name in names} for names in (declared, text))
    if wide == narrow:
        return "version"
    if wide < narrow:
        return "text adds"
    return "text has part" if narrow < wide else "disagree"


if __name__ == "__main__":
    main()
