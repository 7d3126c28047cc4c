"""How good search is: stored queries asked as their users, failures attributed, canaries, drift, judgements by people."""
