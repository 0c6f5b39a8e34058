"""plotly.min.js for the components that draw in the browser: from plotly's own wheel, so that no network is needed."""

import os
import shutil
import tempfile
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import streamlit as st

from pages.shared.served import addresses

_HERE = Path(__file__).parent
_STATIC = _HERE.parents[1] / "static"

LOADER = (_HERE / "plotly_loader.js").read_text(encoding="utf-8")
"""JavaScript to put before a component's own, after NUMBERS: `plotly(sources)` and `houseStyle(chart)`."""


def sources() -> list[str] | None:
    """Addresses to try in turn for plotly.min.js; None where it cannot be served."""
    name = _plotly_js()
    return None if name is None else addresses(f"app/static/{name}")


@cache
def _plotly_js() -> str | None:
    """The file name under ./static of plotly.min.js, copied from plotly's own wheel; None if it cannot be there."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations or not st.get_option("server.enableStaticServing"):
        return None
    source = Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
    target = _STATIC / f"plotly-{version('plotly')}.min.js"
    try:
        if not target.is_file() or target.stat().st_size != source.stat().st_size:
            _copy(source, target)
    except OSError:
        return None
    return target.name


def _copy(source: Path, target: Path) -> None:
    """Copy in one step, so that no visitor is ever served half a file."""
    target.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part, source.open("rb") as whole:
        shutil.copyfileobj(whole, part)
    os.chmod(part.name, 0o644)
    os.replace(part.name, target)
