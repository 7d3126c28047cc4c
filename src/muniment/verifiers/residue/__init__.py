"""The residue verifier: a program of its own that looks for what is left of erased documents. It shares no code with what erases.

`python -m muniment.verifiers.residue PLACE… --needles FILE [--json]`. See docs/residue.md.
"""
