"""Going downhill: landscapes with known minima, torch's own optimizers on them, and what went on inside."""
