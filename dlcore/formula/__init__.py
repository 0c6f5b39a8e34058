"""Formulas as text: what runs, what is shown, and its graph."""
