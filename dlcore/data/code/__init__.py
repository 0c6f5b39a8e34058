"""The data of a run as lines of a script, without dlcore. No torch in here. `SEED` is the seed of the run."""
