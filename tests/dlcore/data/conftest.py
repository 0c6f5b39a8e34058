"""What the tests of data share."""

import pytest

from dlcore.data import download


@pytest.fixture
def impatient(monkeypatch):
    """Downloads give up on a slow server after a moment."""
    monkeypatch.setattr(download, "PATIENCE_SECONDS", 2.0)
    monkeypatch.setattr(download, "TICK_SECONDS", 0.02)
