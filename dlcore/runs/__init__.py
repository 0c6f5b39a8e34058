"""Runs in processes of their own: the store that knows them, the queue, the workers.

store = Store()
ensure_supervisor(store)
run_id = store.submit(RunConfig.of("mlp"), owner="me")
"""

from dlcore.runs.launch import ensure_supervisor, stop_supervisor
from dlcore.runs.run import Queue, Run, Unreadable
from dlcore.runs.store import Store

__all__ = ["Queue", "Run", "Store", "Unreadable", "ensure_supervisor", "stop_supervisor"]
