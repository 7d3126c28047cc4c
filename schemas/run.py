"""What a run did and with what: enough to do it again and to tell what differed (REP-1). Never content."""

from datetime import datetime

from muniment.schemas.source import Record


class Environment(Record):
    """What a run stood on. Kept once under its digest: most runs share it."""

    python: str
    system: str  # operating system and architecture
    processor: str
    cores: int  # that this process may use
    memory: int  # bytes
    packages: dict[str, str]  # distribution → version, of what was imported
    variables: dict[str, str]  # settings of ours and of libraries that can change an outcome; never an address or a secret


class Rules(Record):
    """What was in force, by digest."""

    policy: str
    licences: str
    tools: str
    retention: str


class Run(Record):
    """One run of a story."""

    id: str
    story: str
    parent: str = ""  # the run that it was part of
    prefect: str = ""  # id of the flow run
    code: str  # version of Muniment
    parameters: dict[str, str]  # all of them, defaults too; ids and names, cut where they are long
    rules: Rules
    versions: dict[str, str]  # of what decides about texts: normaliser, chunker, detectors
    seeds: dict[str, str]
    threads: dict[str, int]
    environment: str  # digest of the environment
    started: datetime
    finished: datetime
    seconds: float
    outcome: str  # done, or the code of the error
    did: dict[str, int | str]  # ids and counts of what came of it
    entries: tuple[int, int]  # ledger: the last entry before it, and the last when it was over
