"""What a proof can speak of: tags of licences, reservations, contract terms, classifications and layers. Anything else is refused."""

PERMISSIONS = frozenset(["COMMERCIAL_OK", "REDISTRIBUTION_OK"])
OBLIGATIONS = frozenset(
    ["ATTRIBUTION_REQUIRED", "SHAREALIKE", "NONCOMMERCIAL", "NO_DERIVATIVES", "RESEARCH_ONLY", "PARTNER_ONLY", "UNKNOWN"]
)
UNKNOWN = frozenset(["UNKNOWN"])
RESERVED = ("input", "search", "train")
CONTRACT = ("customer", "no_mixing", "no_pretraining", "retention_days", "delete_on_termination")
RANKS = {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}
LAYERS = ("", "share-alike")
STANCES = ("required", "refused", "admitted", "named", "alone", "limited")
