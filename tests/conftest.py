"""What all tests share: a home of their own, one thread, no surprise from the machine's settings."""

import os
import sys
import tempfile

# Set before anything imports torch: threads that wait in a spin loop make tests on a busy machine crawl.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
os.environ["DLCORE_HOME"] = tempfile.mkdtemp(prefix="dlcore-tests-")
for name in [name for name in os.environ if name.startswith("DLCORE_") and name != "DLCORE_HOME"]:
    del os.environ[name]

import hypothesis
import pytest

hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _main():
    """Streamlit's test runner leaves its script as the main module, which a process that starts later would run."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before
