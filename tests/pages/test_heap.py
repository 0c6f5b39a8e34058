"""The collector leaves alone what was imported: seen in a process of its own, since it changes the whole process."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

WATCHED = """
import gc, sys, types
from pages.shared import heap

heap.keep_small()
heap.keep_small()
assert gc.callbacks.count(heap._freeze) == 1
gc.collect()
imported = gc.get_freeze_count()
assert imported > 1000
kept = [[] for _ in range(1000)]
gc.collect()
assert gc.get_freeze_count() == imported, "only imports are worth it"
sys.modules |= {f"made_up_{i}": types.ModuleType(f"made_up_{i}") for i in range(heap.MANY)}
gc.collect(1)
assert gc.get_freeze_count() == imported, "a partial collection leaves garbage behind"
gc.collect()
assert gc.get_freeze_count() > imported + 1000
"""


def test_what_is_imported_is_walked_over_once():
    done = subprocess.run([sys.executable, "-c", WATCHED], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_app_asks_for_it():
    code = (
        "import gc; from streamlit.testing.v1 import AppTest; from pages.shared import heap;"
        "AppTest.from_file('app.py').run(timeout=60); assert heap._freeze in gc.callbacks"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
