"""One set of colours for all that is drawn: told apart with any colour vision, by their lightness too, and quiet on white."""

KEPT, REMOVED, WARNING = "#3b7dbd", "#e0a030", "#d9483b"
TONES = {
    "accept": KEPT,
    "redact": "#9cc4e8",
    "known-risk": "#7a5fa8",
    "hold": REMOVED,
    "reject": "#a8402f",
    "plain": "#7d8794",
}
INK, QUIET = "#1f2933", "#66707c"  # of words, on white
