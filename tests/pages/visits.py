"""Opening a page as a visitor would, through app.py, and reading what is on it."""

import contextlib
import io
import json
from pathlib import Path

import torch
from streamlit.testing.v1 import AppTest

from dlcore.config.run import RunConfig
from dlcore.runs.desk import Desk
from dlcore.runs.run import Run
from dlcore.runs.store import Store
from dlcore.runs.worker import Job, work

APP = Path(__file__).parents[2] / "app.py"
ME, SOMEBODY = "0" * 32, "f" * 32


def visited(page: str, owner: str = ME, **link: str) -> AppTest:
    """The page after its first run, for a visitor whose cookie says `owner`, with the parameters of a link."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["_owner"] = owner
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(page).run()
    assert not app.exception
    return app


def worked(store: Store) -> Run:
    """Do in this process what a worker would do with the next run in the queue."""
    run, token = Desk(store).claim()
    work(Job(store.url, run, token, max_seconds=60, pause_seconds=1))
    return store.readable(run)


def trained(store: Store, config: RunConfig, owner: str = ME, title: str = "") -> Run:
    """A run that a worker has brought to its end; no other may be in the queue."""
    store.submit(config, owner, title)
    return worked(store)


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def labels(app: AppTest) -> list[str]:
    """What is written on the buttons."""
    return [each.label for each in app.button]


def metrics(app: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in app.metric}


def metric(app: AppTest, label: str) -> str:
    return metrics(app)[label]


def warnings(app: AppTest) -> list[str]:
    return [each.value.replace("\\", "") for each in app.warning]


def warned(app: AppTest) -> str:
    """All warnings as one text."""
    return " ".join(warnings(app))


def text(app: AppTest) -> str:
    """Everything that is written on the page, as Markdown, LaTeX and HTML."""
    kinds = (app.markdown, app.caption, app.latex, app.warning, app.error, app.info, app.metric)
    return "\n".join([*(str(each.value) for kind in kinds for each in kind), *html(app)])


def words(app: AppTest) -> str:
    """The same without the backslashes of Markdown."""
    return text(app).replace("\\", "")


def html(app: AppTest) -> list[str]:
    return [each.proto.body for each in app.get("html")]


def sent(app: AppTest) -> list[dict]:
    """What the components that draw in the browser were given."""
    return [json.loads(each.proto.json) for each in app.get("bidi_component") if each.proto.json]


def printed(code: str) -> str:
    """What a script prints that a page shows."""
    out, default = io.StringIO(), torch.get_default_dtype()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, "<shown code>", "exec"), {})
    finally:
        torch.set_default_dtype(default)
    return out.getvalue()
