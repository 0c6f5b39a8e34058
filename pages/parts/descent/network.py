"""A plane through the weights of a network that was trained, and the way that training took there."""

import numpy as np
import streamlit as st

from dlcore.config.image_sets import IMAGE_SETS, SHAPE
from dlcore.config.run import RunConfig
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import number, percent
from dlcore.inspect import loss_plane
from dlcore.inspect.loss_plane import Course, Path
from dlcore.runs.run import Run
from dlcore.use.classifier import bundled
from pages.figures import loss_plane as figures
from pages.figures import words
from pages.parts.descent.network_picture import Picture, Setup, forget, kept, opened, picture
from pages.parts.descent.race import arrival
from pages.shared import link, own_images, page, reader
from pages.shared.chooser import Chooser
from pages.shared.code_view import show_code
from pages.shared.plot import Frames, Readout, plot

GROUP = "gd_network"
PLANES = {"path": "Its own path", "random": "Random"}
SPLITS = {"validation": "Validation", "training": "Training"}
VIEWS = {"map": "Map", "surface": "Surface"}
DETAILS = {"coarse": "Coarse", "usual": "Usual", "fine": "Fine"}
GRIDS = {
    "mlp": {"coarse": (17, 256), "usual": (25, 512), "fine": (41, 512)},
    "cnn": {"coarse": (9, 64), "usual": (17, 64), "fine": (25, 128)},
}
"""Points along each axis, and images at most. An image costs a CNN a hundred times what it costs the MLP.

1 more than a multiple of 8: then θ* is on the coarser grids too that are shown when time runs out.
"""
REACHES = (0.1, 0.25, 0.5, 1.0, 2.0)


def section() -> Picture | None:
    """Controls beside the picture; formula and numbers below it; returns the picture."""
    reader.wake_up()
    controls, stage = st.columns([3, 9], gap="medium")
    with controls:
        choice, _ = _CHOOSER.choose(filter(_is_image, bundled()))
    with stage:
        try:
            config, path = _network(choice)
        except DlcoreError as error:
            page.problem(error)
            return None
    with controls:
        setup, view = _setup(choice, config, path)
    with stage:
        try:
            found = picture(setup)
        except DlcoreError as error:
            page.problem(error)
            return None
        _show(setup, found, view)
        if choice in bundled() and not _CHOOSER.runs():
            _invite()
        _explain(setup, config, found)
    show_code(script(setup), file_name="loss_plane.py")
    return found


def _refusal(run: Run) -> str:
    if run.config.kind != "image":
        return f"The run {run.title!r} is not one of a network for images: choose an MLP or a CNN."
    if run.has_weights or run.last_epoch:
        return ""
    return f"The run {run.title!r} has kept no network yet: its path begins when an epoch has ended."


_CHOOSER = Chooser(
    "_gdn_choice", "Network", "Any network for images that you trained, or one that comes with the app.",
    ("image",), _refusal, lambda run: f"{run.title}, {words.dataset(run.config.data.name)}", own_first=True,
)  # fmt: skip


def _is_image(name: str) -> bool:
    return reader.load(name).config.kind == "image"


def _invite() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info("You have trained no network on images yet, so there is no path of training to show. Train one, even "
                "for a few epochs, and its path is here.", icon=":material/route:", width="stretch")  # fmt: skip
        if st.button("Train a network", type="primary", icon=":material/model_training:", key="gdn_train"):
            st.switch_page("pages/train.py")


def _network(choice: str) -> tuple[RunConfig, Path | None]:
    if choice in bundled():
        return reader.load(choice).config, None
    path = opened(choice, *kept(choice))
    return path.config, path


def _setup(choice: str, config: RunConfig, path: Path | None) -> tuple[Setup, str]:
    plane, seed, reach = "random", 0, 0.0
    if path is not None:
        plane = link.choice(
            "gdn_plane", "Plane", tuple(PLANES), "path", names=PLANES, look="segmented",
            help="The plane that shows most of the path, or two random directions in which each filter is as long as "
            "the network's own.",
        )  # fmt: skip
    if plane == "random":
        seed = link.number("gdn_seed", "Seed of the directions", 0, 999, 0, 1)
        reach = link.stops("gdn_reach", "Reach", REACHES, 1.0, help="At 1, every filter is moved by its own length.")
    view = link.choice("gdn_view", "View", tuple(VIEWS), "map", names=VIEWS, look="segmented")
    split = link.choice("gdn_split", "Loss on images of", tuple(SPLITS), "validation", names=SPLITS, look="segmented")
    detail = link.choice("gdn_detail", "Detail", tuple(DETAILS), "usual", names=DETAILS, look="segmented")
    count, images = GRIDS["cnn" if config.model.value.has("conv") else "mlp"][detail]
    here = IMAGE_SETS[config.data.name].ready()
    used = config.data.name if here else "digits"
    return Setup(choice, *kept(choice), plane, int(seed), reach, split, count, images, used), view


def _show(setup: Setup, shown: Picture, view: str) -> None:
    course, alt, dark = shown.course, _said(setup, shown), page.is_dark()
    film = (figures.contour if view == "map" else figures.surface)(shown.found, course, setup.plane, dark)
    if course is None:
        plot("gdn_plane_alone", film.figure, height=480, alt=alt, file_name="loss-plane")
        return
    count = len(shown.titles)
    shared = {"count": count, "group": GROUP, "fps": max(2.0, count / 6), "arrive": arrival("network", (setup, view))}
    left, right = st.columns([7, 4], gap="small")
    with left:
        plot(
            f"gdn_{view}_plane", film.figure, height=440, alt=alt, file_name="loss-plane",
            frames=Frames(tracks=film.tracks, labels=shown.titles,
                          readouts=_readouts(course), **shared),
        )  # fmt: skip
    with right:
        chart = figures.losses(course, shown.titles, dark)
        plot(
            "gdn_losses", chart.figure, height=440, file_name="loss-at-checkpoints",
            alt="The loss of each checkpoint, and that of its projection into the plane.",
            frames=Frames(tracks=chart.tracks, bar=False, **shared),
        )  # fmt: skip


def _readouts(course: Course) -> list[Readout]:
    values = np.column_stack((course.points, course.losses, course.shown))
    nearest = r"\theta_t \approx \theta^{*} + \pnum{0}\,d_1 + \pnum{1}\,d_2"
    losses = r"L(\theta_t) = \num{2}, \quad L(a_t, b_t) = \num{3}"
    return [Readout(nearest, values, "This checkpoint, and its nearest point in the plane"), Readout(losses, values)]


def _said(setup: Setup, shown: Picture) -> str:
    seen = f" {percent(shown.share)} of the path lies in it." if shown.share is not None else ""
    low, high = shown.found.losses.min(), shown.found.losses.max()
    return f"The loss on a plane through the trained weights, from {number(low, 3)} to {number(high, 3)}.{seen}"


def _explain(setup: Setup, config: RunConfig, shown: Picture) -> None:
    found, size = shown.found, len(shown.found.a)
    with st.container(horizontal=True, gap="large"):
        st.metric("Loss at θ*", words.loss(shown.centre), width="content")
        st.metric("Lowest on the grid", words.loss(float(found.losses.min())), width="content")
        st.metric("Highest", words.loss(float(found.losses.max())), width="content")
        if shown.share is not None:
            st.metric(
                "Share of the path in this plane", percent(shown.share), width="content",
                help="Share of the squared distances of all checkpoints from θ*. Few dimensions show much of any long "
                "walk, even of a random one (Antognini and Sohl-Dickstein, 2018, arXiv:1806.08805).",
            )  # fmt: skip
    st.latex(r"L(a, b) = \frac{1}{N}\sum_{i=1}^{N} -\ln p_{\theta(a,b)}(y_i \mid x_i), \qquad "
             r"\theta(a, b) = \theta^{*} + a\,d_1 + b\,d_2")  # fmt: skip
    st.caption(
        f"N = {shown.samples} {setup.split} images of {words.dataset(setup.data)}, without dropout or augmentation; "
        f"{size} × {size} points in {found.seconds:.1f} s; θ has {config.model.value.parameters(SHAPE):,} numbers. "
        + _directions(setup, shown)
    )
    if setup.data != config.data.name:
        st.caption(f"{words.dataset(config.data.name)} is not on this machine: {words.dataset(setup.data)} stand in.")
    if setup.choice in bundled():
        st.caption("Only its last weights come with the app, so it has no path: the directions are random.")
    if not found.complete:
        st.warning(
            f"The {setup.count} × {setup.count} grid was not ready within {loss_plane.MAX_SECONDS:.0f} s, so a coarser "
            "one is shown.", icon=":material/timer:",
        )  # fmt: skip
        st.button("Try the whole grid again", key="gdn_again", on_click=forget, args=(setup,))


def _directions(setup: Setup, shown: Picture) -> str:
    if setup.plane == "path":
        return (
            f"θ* is the last checkpoint, “{shown.titles[-1]}”; d₁ and d₂, each of length 1, are the principal "
            "components of the differences of all checkpoints from it (Li et al., 2018, arXiv:1712.09913; Lorch, 2016)."
        )
    return (
        "In d₁ and d₂ each filter is as long as that filter of θ*, and biases stay (Li et al., 2018, arXiv:1712.09913)."
    )


def script(setup: Setup) -> str:
    """What ran, for anybody with the same store."""
    if setup.choice in bundled():
        source = ["from dlcore.use.classifier import Classifier"]
        opened = [f"network = Classifier.load({setup.choice!r})"]
    else:
        source = ["from dlcore.runs import Store, checkpoints"]
        opened = [f"network = checkpoints.path(Store(), {setup.choice!r})"]
    own, grid = setup.plane == "path", f"*loss_plane.symmetric({setup.reach!r}, {setup.count})"
    if own:
        grid = f"*loss_plane.around(plane.project(network.weights), {setup.count})"
    made = "path_plane(network.weights)" if own else f"random_plane(network.model, {setup.seed})"
    lines = [
        *source,
        "from dlcore.data import load",
        "from dlcore.inspect import loss_plane",
        "",
        *opened,
        f"images = {own_images.source(setup.data, setup.choice)}",
        f"samples = loss_plane.sample(images, network.config, {setup.split!r}, {setup.images})",
        "probe = loss_plane.Probe(network.model, samples)",
        f"plane = loss_plane.{made}",
        f"found = loss_plane.evaluate(probe, plane, {grid})",
        'print("loss at θ*", probe(plane.origin))',
        'print("lowest and highest", found.losses.min(), found.losses.max())',
    ]
    if setup.choice not in bundled():
        lines += [
            'print("of the path in the plane", plane.share(network.weights))',
            "course = loss_plane.course(probe, plane, network.weights)",
            "for title, true, shown in zip(network.titles, course.losses, course.shown):",
            "    print(title, true, shown)",
        ]
    return "\n".join(lines) + "\n"
