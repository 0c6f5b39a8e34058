"""The first page: quick, whole, and with the way in."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlcore.config.run import RunConfig
from dlcore.data.ink import read
from dlcore.data.strokes import render
from dlcore.errors import StoreUnavailable
from dlcore.use.autoencoder import TrainedAutoencoder
from pages.figures import home, thumbnails
from pages.shared import session
from pages.shared.contents import entries
from pages.shared.examples import EXAMPLES
from tests.pages.visits import ME, words

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(store):
    app = AppTest.from_file("../../app.py", default_timeout=60)
    app.session_state["_owner"] = ME
    return app


def test_a_newcomer_finds_the_pages_and_no_empty_list(app):
    app.run()
    assert not app.exception
    links = [each.proto.page for each in app.get("page_link")]
    assert links[:2] == ["train", "draw"]
    assert sorted(["", *links]) == sorted(each.stem.replace("home", "") for each in (ROOT / "pages").glob("*.py"))
    assert [each.value for each in app.subheader] == ["Piece by piece"]


def test_my_latest_runs_are_there_and_nobody_elses(app, store):
    mine = [store.submit(RunConfig.of("mlp"), ME, f"mine [{i}](x)") for i in range(2)]
    store.submit(RunConfig.of("mlp"), "f" * 32, "theirs")
    app.run()
    assert not app.exception
    assert app.subheader[0].value == "Your latest runs"
    assert "mine [1](x)" in words(app)
    assert "theirs" not in words(app)
    assert mine[1] in " ".join(each.proto.query_string for each in app.get("page_link"))


def test_a_run_of_another_kind_leads_to_its_own_page(app, store):
    store.submit(RunConfig.of("autoencoder"), ME)
    app.run()
    assert not app.exception
    (link,) = [each.proto for each in app.get("page_link") if each.proto.query_string]
    assert link.page == "autoencoder"


@pytest.mark.parametrize(
    "name", ["activations", "losses", "regression", "descent", "backprop", "playground", "recurrent", "autoencoder"]
)
def test_every_explorer_has_a_picture_with_a_description(name):
    markup = getattr(thumbnails, name)()
    assert ElementTree.fromstring(markup).get("aria-label")
    assert "nan" not in markup


def test_the_badge_says_where_and_how_busy(app, store):
    store.submit(RunConfig.of("mlp"), ME)
    app.run()
    assert "starting…" in words(app)
    assert "1 waiting" in words(app)


def test_a_store_that_cannot_be_used_is_a_sentence(app, monkeypatch):
    def broken():
        raise StoreUnavailable("The store of runs cannot be read: free some space.")

    monkeypatch.setattr(session, "store", broken)
    app.run()
    assert not app.exception
    assert any("free some space" in each.value for each in app.warning)


def test_the_first_page_imports_no_torch():
    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        "app = AppTest.from_file('app.py', default_timeout=60).run(); "
        "sys.exit(bool(app.exception) or bool({'torch', 'scipy', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=120).returncode == 0


def test_the_picture_of_the_seven_is_what_the_network_would_see():
    image = read(render(EXAMPLES[0].strokes)).image
    levels = [[int(level, 16) * 17 for level in row] for row in home.SEVEN]
    assert abs(image.astype(int) - levels).max() <= 17


def test_the_picture_of_the_autoencoder_is_what_it_draws():
    image = read(render(thumbnails.SEVEN_STROKES)).image
    reader = TrainedAutoencoder.load("vae-2d")
    again = reader.decode(reader.encode(torch.from_numpy(image)[None, None]))[0]
    for rows, shown in ((thumbnails.SEVEN, image / 255), (thumbnails.SEVEN_AGAIN, again.numpy())):
        levels = np.array([[int(level, 16) / 15 for level in row] for row in rows])
        assert abs(levels - shown).max() <= 1 / 15


def test_the_pages_stand_in_the_same_order_as_in_the_sidebar(app):
    app.run()
    links = [each.proto.page for each in app.get("page_link")][2:]
    assert len(links) > 5
    assert links == [each.name for each in entries() if each.name in links]
