"""The computational graph of an expression that the visitor types."""

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
import torch

from dlcore.errors import DlcoreError
from dlcore.formula.expression import FUNCTIONS, MAX_LENGTH, parse
from dlcore.formula.graph import VARIABLES, Graph, build
from dlcore.formula.graph_steps import steps
from dlcore.formula.numbers import fixed, number
from pages.figures.layered import layered
from pages.parts.backprop.cards import GRAPH
from pages.parts.backprop.network import COMMON, COMMON_CSS, sendable
from pages.parts.backprop.script import graph_script
from pages.parts.backprop.stage import stage
from pages.shared import address, link, page
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.formula import mathml
from pages.shared.plot import PLAYER, PLAYER_CSS

_HERE = Path(__file__).parent
DEFAULT = "tanh(w*x + b) * x"
VALUES = {
    "x": 0.5,
    "y": 2.0,
    "z": -1.0,
    "a": 2.0,
    "b": 0.3,
    "c": 1.0,
    "u": 1.0,
    "v": -2.0,
    "w": -1.5,
    "s": 1.0,
    "t": 0.1,
}
EXAMPLES = {
    "A neuron": "sigmoid(w*x + b)",
    "Used twice": "tanh(w*x + b) * x",
    "Squared error": "(tanh(w*x + b) - y)**2",
    "ReLU": "relu(a*x + b) + relu(c*x)",
    "Softmax of three": "exp(x) / (exp(x) + exp(y) + exp(z))",
}

_component = st.components.v2.component(
    "dlcore_graph",
    html="""<div class="graph"><div class="bar"></div><div class="stage"></div>
      <div class="say"><p class="words" aria-live="polite"></p><p class="text"></p>
        <div class="symbols"></div><div class="numbers"></div></div></div>""",
    css=PLAYER_CSS + COMMON_CSS + (_HERE / "graph.css").read_text(encoding="utf-8"),
    js=PLAYER + COMMON + (_HERE / "graph.js").read_text(encoding="utf-8"),
)


@address.fragment
def show_expression() -> None:
    """A text field, a value for each variable, and the graph."""
    left, right = stage()
    with left:
        text = link.text(
            "bp_expr", "Expression", DEFAULT, MAX_LENGTH,
            help=f"Variables {' '.join(VARIABLES)}, numbers, + - * / **, and {', '.join(sorted(FUNCTIONS))}. "
            "Also as in books: 2x², |x|, √x.",
        )  # fmt: skip
        with st.container(horizontal=True, gap="small"):
            for title, example in EXAMPLES.items():
                st.button(title, key=f"bp_example_{title}", on_click=_show, args=(example,), help=f"`{example}`")
    try:
        with left:
            used = parse(text, VARIABLES).used
            values = {name: link.number(f"bp_v_{name}", name, -1000.0, 1000.0, VALUES[name], 0.1) for name in used}
        graph = build(text, values)
    except DlcoreError as error:
        with right:
            page.problem(error)
        try_this(GRAPH, None, "bp_graph")
        return
    with right:
        _component(key="bp_graph", data=sendable(data(graph)))
        if values:
            _table(text, graph, values)
        show_code(graph_script(text, values), file_name="graph.py")
    try_this(GRAPH, graph, "bp_graph")


def _show(example: str) -> None:
    st.session_state["bp_expr"] = example


def _table(text: str, graph: Graph, values: dict[str, float]) -> None:
    """Each variable's gradient by the graph and by autograd."""
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}
    result = parse(text, VARIABLES)(**leaves)
    if result.requires_grad:
        result.backward()
    slopes = [0.0 if leaf.grad is None else leaf.grad.item() for leaf in leaves.values()]
    by_hand = [graph.gradient(name) for name in values]
    rows = {
        "variable": list(values),
        "value": list(values.values()),
        "gradient, node by node": [_digits(each) for each in by_hand],
        "gradient, autograd": [_digits(each) for each in slopes],
        "difference": [_difference(*each) for each in zip(by_hand, slopes, strict=True)],
    }
    right = dict.fromkeys(list(rows)[2:], st.column_config.TextColumn(alignment="right"))
    st.dataframe(rows, hide_index=True, width="stretch", column_config=right)
    if any(map(math.isinf, by_hand)):
        st.caption("**∞**: the curve is vertical at this point, so its slope is larger than any number.")
    if any(map(math.isnan, by_hand)):
        st.caption("**Undefined**: on the way back an infinite slope is multiplied by 0, and 0 · ∞ is no number.")


def _digits(slope: float) -> str:
    return fixed(slope, 8) if math.isfinite(slope) else number(slope)


def _difference(hand: float, slope: float) -> str:
    """Between two slopes; none between two that are infinite or undefined alike."""
    alike = hand == slope or (math.isnan(hand) and math.isnan(slope))
    return "0" if alike else number(hand - slope, 2)


def data(graph: Graph) -> dict[str, Any]:
    """What the browser needs. A number that is none in JSON is sent as null."""
    vertices = graph.vertices
    places = layered([each.arguments for each in vertices])
    return {
        "text": graph.text,
        "layers": places.layers,
        "slots": places.slots,
        "vertices": [
            {
                "kind": each.kind,
                "sign": each.sign,
                "name": each.symbol.replace("_{", "").replace("}", "") if each.kind == "call" else "",
                "at": at,
                "start": each.start,
                "end": each.end,
                "value": each.value,
                "gradient": each.gradient,
                "partials": each.partials,
                "parts": each.parts,
            }
            for each, at in zip(vertices, places.nodes, strict=True)
        ],
        "edges": [
            {
                "from": source,
                "to": place,
                "points": way,
                "partial": each.partials[number],
                "flows": vertices[source].gradient is not None and each.gradient is not None,
            }
            for place, each in enumerate(vertices)
            for number, (source, way) in enumerate(zip(each.arguments, places.edges[place], strict=True))
        ],
        "steps": [
            {
                "kind": step.kind,
                "vertex": step.vertex,
                "title": step.title,
                "words": step.words,
                "symbols": [_math(each) for each in step.symbols],
                "numbers": [_math(each) for each in step.numbers],
                "values": step.values,
                "gradients": step.gradients,
            }
            for step in steps(graph)
        ],
    }


@lru_cache(maxsize=2048)
def _math(latex: str) -> str:
    return f"<span>{mathml(latex)}</span>"
