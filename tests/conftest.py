"""What all tests share: a home of their own, one thread, no surprise from the machine's settings."""

import os
import tempfile

# Set before anything imports torch: threads that wait in a spin loop make tests on a busy machine crawl.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DLCORE_HOME"] = tempfile.mkdtemp(prefix="dlcore-tests-")
for name in [name for name in os.environ if name.startswith("DLCORE_") and name != "DLCORE_HOME"]:
    del os.environ[name]

import hypothesis

hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")
