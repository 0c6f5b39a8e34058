"""One run in a process of its own: `fit` on one side, the store on the other."""

import functools
import json
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch

from dlcore.errors import DlcoreError, StoreUnavailable
from dlcore.formula.numbers import percent, plain
from dlcore.models import files
from dlcore.runs import schema
from dlcore.runs.database import Database
from dlcore.runs.job import Job
from dlcore.runs.journal import Gone, Journal, Page
from dlcore.runs.pace import Pace
from dlcore.runs.process import orphaned, stand_back, use_threads
from dlcore.runs.steering import Steering
from dlcore.training import checkpoint
from dlcore.training.controls import Controls
from dlcore.training.loop import fit
from dlcore.training.records import Changed, Checkpoint, Epoch, Finished, Record, Snapshot, Started, Step, to_dict
from dlcore.training.task import NO_THRESHOLD

BEAT_SECONDS = 1 / 8
IDLE_BEAT_SECONDS = 1.0
"""Between two signs of life of a paused run."""
CHECKPOINT_SECONDS = 5.0
RETRY_SECONDS = 0.5
"""Between two tries while the store cannot be written."""
MODELS_KEPT, MODELS_BYTES = 32, 200_000_000
"""Of the models after epochs, thinned evenly, so that one run cannot fill the store's disk."""
OUTCOMES = {"completed": "finished", "early stopping": "finished", "stopped": "stopped", "diverged": "diverged"}

log = logging.getLogger(__name__)
Fit = Callable[..., Iterator[Record]]
T = TypeVar("T")


class Left(Exception):
    """The worker has put everything down and leaves before the run's end."""


def work(job: Job, fit: Fit = fit) -> None:
    """The whole life of a worker; see `dlcore.runs.entry.work`."""
    stand_back()
    worker = Worker(job)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: worker.leave("The server was shut down"))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker.run(fit)


class Worker:
    """Passes records from `fit` to the store about eight times a second, and commands the other way."""

    journal: Journal

    def __init__(self, job: Job) -> None:
        self.job = job
        self.controls = Controls()
        self.steering = Steering(self.controls)
        self.page = Page()
        self.pace = Pace()
        self.leaving = ""
        self.limit = ""
        self.paused = False
        """Whether the run says that it is."""
        self.begun = False
        """Whether there is a checkpoint to go on from."""
        self.next_beat = 0.0
        self.holding = False
        self.seen = self.total = 0
        self.batch = 1.0
        self.data = ""
        """The data set that is really used."""
        self.held = 0
        """Samples in the validation split."""
        self.labels: tuple[str, ...] = ()
        self.validation: dict[str, float] = {}

    def run(self, fit: Fit) -> None:
        """Consume `fit` and end in a state that says how it went."""
        try:
            self._train(fit)
        except (Gone, Left):
            return

    def _train(self, fit: Fit) -> None:
        database = Database(self.job.url)
        self.journal = self._patiently(lambda: Journal(database, self.job.run, self.job.worker))
        self.seen = self.journal.shown
        self._beat()
        data = self._patiently(self.journal.checkpoint)
        try:
            config = self.journal.config
            resume = checkpoint.loads(data) if data else None
            self.begun = resume is not None
            start = None if self.begun else self._patiently(self.journal.start)
            if start is not None:
                start = files.modern(start)
                self.page.models[schema.START] = lambda: start
            options = {"checkpoint_seconds": CHECKPOINT_SECONDS, "progress": self._progress}
            options |= {"examples": self.journal.examples}
            for record in fit(config, self.controls, start=start, resume=resume, **options):
                self.take(record)
        except (Gone, Left):
            raise
        except DlcoreError as error:
            self._fail(str(error))
        except (MemoryError, torch.OutOfMemoryError):
            log.exception("run %s", self.job.run)
            self._fail("There was not enough memory for this run: choose a smaller batch_size or a smaller model.")
        except Exception as error:
            log.exception("run %s", self.job.run)
            kind = type(error).__name__
            self._fail(f"Something went wrong inside the run ({kind}; the server's log has the details): try again.")

    def leave(self, why: str) -> None:
        """Put down a checkpoint as soon as possible and end. Safe to call from a signal handler."""
        self.leaving = why
        self.next_beat = 0.0

    # From the run to the store

    def take(self, record: Record) -> None:
        """Note one record, and write when it is time."""
        match record:
            case Step():
                self._step(record)
            case Started():
                self._started(record)
            case Epoch() | Changed():
                self._milestone(record)
            case Snapshot():
                self.page.snapshots[record.name, record.step] = record
            case Checkpoint():
                self._checkpoint(record)
            case Finished():
                self._finished(record)
                return
        if not self.holding and time.monotonic() >= self.next_beat:
            self._beat()
        if isinstance(record, Checkpoint):
            self._leave_or_stand(record)

    def _step(self, step: Step) -> None:
        if step.step > self.seen:
            self.seen = step.step
            self.page.steps.append(step)
            self.page.run |= {"step": step.step, "epoch": step.epoch}
            self.steering.stepped()  # steps that a crash made it repeat are no news to anybody

    def _started(self, record: Started) -> None:
        self.data, self.held, self.labels = record.data, record.sizes.get("validation", 0), record.labels
        self.total = record.epochs * record.steps_per_epoch
        self.batch = record.sizes["train"] / record.steps_per_epoch
        self.page.records.append(record)
        self.page.run |= {"started_record": _json(record), "total_steps": self.total, "message": ""}
        self.next_beat = 0.0
        if record.data != self.journal.config.data.name:
            self._patiently(lambda: self.journal.retitle(record.data))

    def _milestone(self, record: Epoch | Changed) -> None:
        """Keep it back until the checkpoint that follows, so that a resumed run never tells it twice."""
        self.page.records.append(record)
        self.holding = True
        if isinstance(record, Changed):
            self.steering.changed(record.setting)
        else:
            self.validation = record.validation
            self.page.run |= {"last_epoch": _json(record), "epoch": record.epoch}

    def _checkpoint(self, record: Checkpoint) -> None:
        self.holding = False
        self.page.checkpoint = (record.step, record.epoch, functools.partial(checkpoint.dumps, record.tensors))
        if record.end_of_epoch and (record.epoch == 1 or record.epoch % self._stride(record) == 0):
            self.page.models[record.epoch] = functools.partial(self._model, record, self.validation)

    def _stride(self, record: Checkpoint) -> int:
        """Epochs from one model that is kept to the next."""
        size = sum(each.nbytes for each in checkpoint.unpack("model", record.tensors).values())
        kept = max(2, min(MODELS_KEPT, MODELS_BYTES // max(1, size)))
        return -(-self.journal.config.training.epochs // (kept - 1))

    def _model(self, record: Checkpoint, validation: dict[str, float]) -> bytes:
        config = self.journal.config.on(self.data)
        measured = {"data": self.data, "split": "validation", "samples": self.held, "epoch": record.epoch, **validation}
        tensors = checkpoint.unpack("model", record.tensors)
        return files.save(tensors, config, threshold=NO_THRESHOLD, labels=self.labels, measured=measured)

    def _finished(self, record: Finished) -> None:
        self.page.records.append(record)
        if record.weights:
            self.page.models[schema.KEPT] = lambda: record.weights
        if record.last_weights:
            self.page.models[schema.LAST] = lambda: record.last_weights
        message = f"{self.limit} {record.message}" if self.limit and record.reason == "stopped" else record.message
        values = {"finished": _json(record), "has_weights": bool(record.weights), "epoch": record.epoch}
        self._end(OUTCOMES[record.reason], message, **values)

    def _fail(self, message: str) -> None:
        if self.holding:
            self.page.records.clear()
        self._end("failed", message)

    def _end(self, state: str, message: str, **values: Any) -> None:
        end = {"state": state, "message": message, "ended": time.time(), "worker": None, "seconds_left": None}
        self.page.run |= {**values, **end}
        self._write()

    def _beat(self) -> None:
        """Write what there is, read the commands, and look after time and threads."""
        if self.page.steps:
            self.pace.mark(self.seen)
            rate = self.pace.steps_per_second()
            left = self.pace.seconds_left(self.seen, self.total)
            self.page.run |= {"samples_per_second": rate and rate * self.batch, "seconds_left": left}
        self._write()
        self._obey()
        self._look_around()
        self.next_beat = time.monotonic() + BEAT_SECONDS

    def _write(self) -> None:
        self.page.run["seconds"] = self.journal.seconds + self.pace.seconds
        self.page.followed, self.steering.followed = self.steering.followed, []
        self._patiently(lambda: self.journal.write(self.page))
        self.page = Page()

    def _patiently(self, action: Callable[[], T]) -> T:
        """Repeat `action` while the store cannot be used: training waits and nothing is lost."""
        told = False
        while True:
            try:
                return action()
            except StoreUnavailable as error:
                if not told:
                    log.warning("run %s waits: %s", self.job.run, error)
                told = True
                if self.leaving or orphaned():
                    raise Left from error
                time.sleep(RETRY_SECONDS)

    # From the store to the run

    def _obey(self) -> None:
        orders, running = self._patiently(self.journal.orders)
        use_threads(running)
        for order in orders:
            self.steering.follow(order)
        if self.paused and not self.steering.pausing:
            self.paused = False
            self.page.run["state"] = "running"

    def _look_around(self) -> None:
        if not self.leaving and orphaned():
            self.leaving = "The server ended"
        if self.leaving:
            self.controls.checkpoint()
        if not self.limit and self.journal.seconds + self.pace.seconds > self.job.max_seconds:
            minutes = self.job.max_seconds / 60
            self.limit = f"A run may take at most {plain(minutes)} minutes here."
            self.controls.stop()

    def _leave_or_stand(self, record: Checkpoint) -> None:
        """At a checkpoint: the place to leave from, and to wait at."""
        if self.leaving:
            self._interrupt(f"it can continue from step {record.step:,}")
        if not self.steering.standing:
            return
        self.pace.pause()
        since = time.monotonic()
        while self.steering.standing:
            if not self.paused:
                self.paused = True
                self.page.run["state"] = "paused"
                self._beat()
                continue
            if self.leaving or time.monotonic() - since > self.job.pause_seconds:
                self._park()
            time.sleep(BEAT_SECONDS)
            self._obey()
            if time.monotonic() > self.next_beat + IDLE_BEAT_SECONDS or orphaned():
                self._beat()
        self.pace.resume()
        self.next_beat = 0.0

    def _interrupt(self, hope: str) -> None:
        self._end("interrupted", f"{self.leaving}: {hope}.")
        raise Left

    def _park(self) -> None:
        """Give the place to others while the run stays paused, unless a command waits; resuming it queues it again."""
        self._write()
        message = "Paused, and its place was given to others: resuming it waits for a free one."
        if self._patiently(lambda: self.journal.leave(message)):
            raise Left

    def _progress(self, sentence: str, fraction: float) -> None:
        """Called while data are fetched, before the first record."""
        if time.monotonic() < self.next_beat:
            return
        self.page.run["message"] = f"{sentence} ({percent(fraction, 0)})"
        self._beat()
        if self.leaving:
            self._interrupt("try it again")
        if self.controls.stopped and not self.begun:
            self._end("stopped", "Stopped before it began.")
            raise Left


def _json(record: Record) -> str:
    return json.dumps(to_dict(record))
