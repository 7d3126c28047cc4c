"""Every error that Muniment raises on purpose, grouped by what the caller should do.

MunimentError
├── Retry                 try the same call again
│   ├── SourceUnavailable     the upstream did not answer
│   └── StaleRef              somebody moved the ref first
├── Stop                  a person must decide or repair
│   ├── RegistryError         unknown, unowned or unapproved source
│   ├── PolicyError           a policy file is wrong
│   ├── NotApproved           no valid approval for exactly this judgement
│   ├── GateFailed            a promotion check did not hold
│   ├── Corrupt               bytes do not match their name
│   ├── Superseded            an erasure replaced what was asked for
│   ├── NotFound              nothing of that name is kept
│   └── Forbidden             this principal may not see or do that
└── InvalidRecord         set this record aside, count it, go on
"""


class MunimentError(Exception):
    """Base of all deliberate errors: `message` says what happened, `remedy` says what to do next."""

    code = "MUNIMENT"
    retryable = False

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message, self.remedy = message, remedy

    def __reduce__(self) -> tuple[type["MunimentError"], tuple[str, str]]:
        return type(self), (self.message, self.remedy)


class Retry(MunimentError):
    """The same call may succeed later."""

    retryable = True


class SourceUnavailable(Retry):
    """The upstream of a source did not answer or went away while it was read."""

    code = "SOURCE_UNAVAILABLE"


class StaleRef(Retry):
    """A ref no longer held the value that the caller wanted to replace."""

    code = "STALE_REF"


class Stop(MunimentError):
    """A person must decide or repair something first."""


class RegistryError(Stop):
    """A source is unknown, incomplete, unowned, suspended or not yet approved."""

    code = "REGISTRY"


class PolicyError(Stop):
    """A policy file cannot be read or contradicts itself."""

    code = "POLICY"


class NotApproved(Stop):
    """No valid approval exists for exactly the judgement that was to be promoted."""

    code = "NOT_APPROVED"


class GateFailed(Stop):
    """A promotion check did not hold; nothing was made visible."""

    code = "GATE_FAILED"


class Corrupt(Stop):
    """Stored bytes do not match the digest or the shape that their name promises."""

    code = "CORRUPT"


class Superseded(Stop):
    """The revision asked for was replaced by an erasure and must not come back."""

    code = "SUPERSEDED"


class NotFound(Stop):
    """Nothing of that name is kept under this root."""

    code = "NOT_FOUND"


class Forbidden(Stop):
    """The principal may not see or do what was asked."""

    code = "FORBIDDEN"


class InvalidRecord(MunimentError):
    """One record cannot be taken in: set it aside under `reason`, count it and go on with the next.

    `reason` is a stable upper-case code (`ZIP_BOMB`, `TRUNCATED`, …). The message must never quote content.
    """

    code = "INVALID_RECORD"

    def __init__(self, reason: str, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.reason = reason

    def __reduce__(self) -> tuple[type["InvalidRecord"], tuple[str, str, str]]:  # type: ignore[override]
        return type(self), (self.reason, self.message, self.remedy)
