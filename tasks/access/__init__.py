"""Who may read what: who somebody is, what was changed of who may read, and which passages that leaves."""
