import pytest

from dlcore.errors import InvalidValue
from dlcore.runs.limits import Limits


def test_defaults_fit_the_machine():
    limits = Limits.from_environment({})
    assert limits.max_running >= 1
    assert (limits.max_queued, limits.max_per_user) == (20, 3)


def test_limits_come_from_the_environment_and_travel_through_it():
    limits = Limits.from_environment(
        {"DLCORE_MAX_RUNNING": "5", "DLCORE_PAUSE_SECONDS": " 1.5 ", "DLCORE_MAX_QUEUED": ""}
    )
    assert (limits.max_running, limits.pause_seconds, limits.max_queued) == (5, 1.5, 20)
    assert Limits.from_environment(limits.to_environment()) == limits


@pytest.mark.parametrize("text", ["many", "0", "-1", "nan", "inf"])
def test_a_bad_limit_names_itself(text):
    with pytest.raises(InvalidValue, match="DLCORE_MAX_RUNNING must be a number of at least 1"):
        Limits.from_environment({"DLCORE_MAX_RUNNING": text})
