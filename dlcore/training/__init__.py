"""Training as a generator of small frozen records."""
