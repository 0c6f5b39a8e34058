"""The network of the next run: chosen by name, typed, or built block by block. All three are views of one value."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlcore.config.image_sets import IMAGE_SETS
from dlcore.config.network import Network
from dlcore.config.network_text import MOST_TEXT, InvalidNetwork, parse
from dlcore.config.presets import PRESETS
from pages.parts.train.builder import builder
from pages.shared import address, own_images, page, present
from pages.shared.settings import IMAGES, Settings

TEXT, OWN, TYPED = "network_text", "_own_network", "_typed_network"
NAMES = tuple(name for name, preset in PRESETS.items() if preset.kind == "image")


def choose(settings: Settings) -> DeltaGenerator:
    """Which network, by its name; what somebody built is one more. Returns the place for `Settings.describe`."""
    key, state = settings.key("preset"), st.session_state
    given = address.given(key)
    linked = settings.linked_network() if given else None
    built = dict.fromkeys(each for each in (linked, state.get(OWN), settings.chosen) if each and each not in NAMES)
    options = (*NAMES, *built)
    known = address.Known({each: each for each in options}, {raw: linked for raw in given if linked})
    chosen = st.selectbox(
        "Network", options, format_func=_title, on_change=settings.follow,
        help="Where to start from; every one can be changed, block by block.  \n" + "  \n".join(map(_said, NAMES)),
        **address.one(key, known, settings.start.preset),
    )  # fmt: skip
    if chosen not in NAMES:
        state[OWN] = chosen
    return st.container()


def build(settings: Settings) -> None:
    """The chosen network as a picture to change, and as a text to type."""
    state, chosen = st.session_state, settings.chosen
    classes = _classes(state.get(settings.key("data"), settings.start.data.name))
    named = {parse(PRESETS[name].model["network"]).giving(classes).text: name for name in NAMES}
    network = parse(PRESETS[chosen].model["network"]).giving(classes) if chosen in PRESETS else parse(chosen)
    batch = state.get(settings.key("batch_size"), settings.start.training.batch_size)

    def take(changed: Network) -> None:
        state[settings.key("preset")] = named.get(changed.text, changed.text)
        state.pop(TYPED, None)

    def typed() -> None:
        try:
            take(parse(state[TEXT]))
        except InvalidNetwork as error:
            state[TYPED] = error

    st.markdown("**The network**, from the image to the classes: click a block to change it, + to add one.")
    builder("builder", network, classes, batch, take)
    wrong = state.get(TYPED)
    if wrong is None:
        state[TEXT] = network.text
    with present.aside("as_text"):
        st.text_area(
            "As text", key=TEXT, on_change=typed, max_chars=MOST_TEXT, height="content",
            help="The same network: change it here or above. The command line and links take it too.",
        )  # fmt: skip
        if wrong is not None:
            page.problem(f"{wrong} The picture shows the last one that could be read.")
            st.code(wrong.pointer, language=None)


def _classes(data: str) -> int:
    """How many the next run has to tell apart; as many as those of the page's own start until its images are chosen."""
    found = own_images.chosen()
    own = found.examples.classes if found else ()
    return len(IMAGE_SETS[data].labels or own) or IMAGES.start.data.classes


def _title(network: str) -> str:
    return network if network in PRESETS else "My own"


def _said(network: str) -> str:
    return f"{network}: {PRESETS[network].title}."
