"""The ledger checked and proven, and the papers that are made of it."""
