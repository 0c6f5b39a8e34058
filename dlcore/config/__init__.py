"""Everything that describes a run, as values. No torch in here."""
