"""The proof: three gradients for every parameter, side by side."""

import streamlit as st

from dlcore.backprop.proof import STEPS, Proof, proof, widths
from dlcore.formula.numbers import number, plain
from pages.figures import backprop as figures
from pages.parts.backprop import settings
from pages.parts.backprop.cards import PROOF
from pages.parts.backprop.stage import stage
from pages.shared import address, link, page, present
from pages.shared.code_view import show_code
from pages.shared.experiments import try_this
from pages.shared.plot import plot

ROWS = 12
"""Of the table that show at once, whatever the network's size: nothing below it moves."""


@address.fragment
def show_proof() -> None:
    """The network of the first section, and how right its gradients are."""
    try_this(PROOF, _shown(), "bp_widths")


def _shown() -> Proof | None:
    """All but the questions; returns the proof, if there is one."""
    left, right = stage()
    with left:
        h = link.stops(
            "bp_h", "Width h of the finite difference", STEPS, 1e-6, form=plain,
            help="(J(w + h) − J(w − h)) / 2h: the slope of J, measured without any calculus.",
        )  # fmt: skip
        lesson = settings.controls()
        done = settings.done()
    with right, page.sentences():
        if lesson is None:
            return None
        moment = settings.trajectory(lesson).moment(done)
        given = (lesson.network, moment.parameters, moment.X, moment.Y)
        found = proof(*given, h)
        _numbers(found)
        plot(
            "bp_widths", figures.widths(widths(*given), h, page.is_dark()), height=300, file_name="finite-difference",
            alt="The error of the finite difference against its width: smallest in between.",
        )  # fmt: skip
        with present.aside("table"):
            _table(found)
        show_code(_script(moment, h), file_name="proof.py")
        return found
    return None


def _numbers(found: Proof) -> None:
    with st.container(horizontal=True):
        st.metric("Parameters", f"{len(found.names):,}")
        st.metric(
            "Largest difference from autograd",
            number(found.autograd_error, 2),
            help="64-bit numbers near 1 are exact to about 10⁻¹⁶.",
        )
        st.metric("Largest difference from the finite difference", number(found.difference_error, 2))
    st.caption(
        "A large difference at a good h means a kink or a jump: its two sides have different slopes."
        if found.difference_error > 1e-3
        else "All three agree. What is left is rounding, and how much the slope changes between w − h and w + h."
    )


def _table(found: Proof) -> None:
    rows = {
        "parameter": [name(each) for each in found.names],
        "by hand": found.by_hand.tolist(),
        "autograd": found.autograd.tolist(),
        "finite difference": found.difference.tolist(),
    }
    errors = {
        "hand − autograd": (found.by_hand - found.autograd).tolist(),
        "hand − difference": (found.by_hand - found.difference).tolist(),
    }
    digits = st.column_config.NumberColumn(format="%.10f")
    written = {each: [number(value, 2) for value in values] for each, values in errors.items()}
    st.dataframe(
        rows | written, hide_index=True, width="stretch", height=35 * (ROWS + 1) + 3,
        column_config={each: digits for each in rows if each != "parameter"},
    )  # fmt: skip
    rows |= errors
    lines = [",".join(rows), *(",".join(map(str, row)) for row in zip(*rows.values(), strict=True))]
    st.download_button(
        "CSV", "\n".join(lines), "gradients.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )


def name(each: tuple) -> str:
    """W²₃₁ as people read it: W[2] row 3 column 1."""
    kind, layer, row, *column = each
    return f"{kind}[{layer}] row {row}" + (f" column {column[0]}" if column else "")


def _script(moment, h: float) -> str:
    lesson = moment.lesson
    network = lesson.network
    parameters = ",\n".join(
        f"    (torch.tensor({W.tolist()!r}, dtype=torch.float64), torch.tensor({b.tolist()!r}, dtype=torch.float64))"
        for W, b in moment.parameters
    )
    return f"""import torch

from dlcore.backprop.network import Network
from dlcore.backprop.proof import proof

network = Network({network.units!r}, {network.activations!r}, {network.loss!r})
parameters = (
{parameters},
)
X = torch.tensor({moment.X.tolist()!r}, dtype=torch.float64)
Y = torch.tensor({moment.Y.tolist()!r}, dtype=torch.float64)

found = proof(network, parameters, X, Y, h={h!r})
for name, hand, automatic, difference in zip(found.names, found.by_hand, found.autograd, found.difference):
    print(name, f"{{hand:.12f}} {{automatic:.12f}} {{difference:.12f}}")
print("largest difference from autograd", found.autograd_error)
print("largest difference from the finite difference", found.difference_error)
"""
