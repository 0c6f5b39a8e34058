"""Opening a page as a visitor would, through app.py."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


def visited(page: str, owner: str, **link: str) -> AppTest:
    """The page after its first run, for a visitor whose cookie says `owner`, with the parameters of a link."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["_owner"] = owner
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page(page).run()
    assert not app.exception
    return app
