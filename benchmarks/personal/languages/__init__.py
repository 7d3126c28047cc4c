"""How well personal data is found in eight languages: sentences and small documents of known content, made anew from a seed.

python -m benchmarks.personal.languages              # coverage table: language, type, precision, recall, F1, false alarms
python -m benchmarks.personal.languages --out DIR    # the same texts as JSON Lines for `muniment eval pii DIR/*.jsonl`

Needs the package `faker` (40.x) beside Muniment: `pip install faker` into an environment of its own, or into a folder that
PYTHONPATH names. The templates (templates/LANGUAGE.txt) were written as people write, before looking at any rule; identifiers
carry right check digits in seven of ten cases and random ones in the others, as masked data has them.
"""
