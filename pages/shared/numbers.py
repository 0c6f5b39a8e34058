"""JavaScript that writes numbers as `dlcore.formula.numbers` does, for every component that draws in the browser."""

from pathlib import Path

NUMBERS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
"""To put before a component's own: shown, scientific, fixed, brief, restyled, fillNumbers for formulas, and
floats for packed ones."""
