"""What tests of pages share."""

import pytest

from dlcore.runs.limits import Limits
from dlcore.runs.store import Store
from pages.shared import session


@pytest.fixture
def limits():
    return Limits(max_running=1, max_per_user=4)


@pytest.fixture
def store(tmp_path, monkeypatch, limits):
    """A store of its own, without a supervisor: nothing runs unless the test says so."""
    fresh = Store(f"sqlite:///{tmp_path}/runs.db", limits)
    monkeypatch.setattr(session, "store", lambda: fresh)
    return fresh
