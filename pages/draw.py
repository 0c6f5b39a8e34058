"""Draw a digit and see it read, with every step between pen and answer."""

from functools import partial
from textwrap import shorten

import streamlit as st

from dlcore.config.class_names import joined
from dlcore.data import ink
from dlcore.errors import DlcoreError, UnreadableImage
from dlcore.formula.numbers import percent
from pages.figures import digits, theme
from pages.parts.draw import breaking, layers, number, picture, steps, strokes, teach, vote, why
from pages.parts.draw.board import Board, nothing
from pages.shared import address, link, page, present, reader
from pages.shared.canvas import DRAW as CANVAS
from pages.shared.canvas import Drawing, as_tuples, digit_canvas, invite, prompt, put
from pages.shared.code_view import show_code
from pages.shared.examples import EXAMPLES
from pages.shared.glossary import explain

MOST_BARS = 12
SEVERAL = (
    "",
    "# several digits: found in the drawing with every step on, each is read on its own",
    "full, whole = classifier.drawing(pixels, canvas=True)",
    "number = numbers.find(classifier, full, whole)",
    "print(numbers.text(number.readings), numbers.confidence(number.readings))",
    "for each in number.characters:",
    "    print(each.box, each.reading.label, each.reading.confidence)",
)
SECTIONS = {
    "steps": ("What the network sees", steps.section),
    "layers": ("Inside its layers", layers.section),
    "why": ("Why this answer", why.section),
    "strokes": ("Stroke by stroke", strokes.section),
    "breaking": ("Break it", breaking.section),
    "vote": ("Vote", vote.section),
    "teach": ("Teach it", teach.section),
}


@address.fragment
def board() -> None:
    """Canvas, answer and what is asked of them: only this runs again when the pen is lifted."""
    top, middle, below = st.container(), st.container(), st.container()
    with below:
        asked = link.choice(
            "draw_section", "Section", tuple(SECTIONS), "steps",
            names={key: title for key, (title, _) in SECTIONS.items()}, look="segmented", label_visibility="collapsed",
        )  # fmt: skip
        body, end = st.container(), st.container()
    taken = picture.brought()
    with body, present.aside("pictures"):
        before = st.container()
        slots, switched = steps.frame() if asked == "steps" else ({}, steps.ALL_ON)
    with top:
        left, right = st.columns(2, gap="large")
    with middle:
        who, tries = st.columns([10, 14], gap="large")
    with left:
        sheet = st.container()  # so that what is below keeps its place, and the browser its state
        with present.aside("bring"):
            picture.bring()
    with sheet:
        drawing = taken.drawing if taken else canvas()
        if taken:
            picture.show(taken)
        picture.problem()
    with right, st.spinner("Loading the network", show_time=True):
        reader.wake_up()
    with who:
        choice = reader.choose()
    drawn = read(taken or drawing, switched)
    with right:
        classifier, said, several = show_answer(choice, drawing, drawn, switched)
    drawn = several.drawn if several else drawn
    if slots:
        with before:
            if taken:
                picture.show_steps(taken)
        steps.show(slots, drawn, **({"first": "Its ink"} if taken else {}))
    with tries, present.aside("examples"):
        examples(drawing)
    with body, page.section(asked, SECTIONS):
        if classifier:
            SECTIONS[asked][1](Board(choice, classifier, drawing, drawn, several is not None))
    with end:
        downloads(choice, drawing, drawn, switched, several is not None)
        if classifier:
            reader.show_card(classifier)
    prompt(CANVAS, said)


def read(given: picture.Brought | Drawing | None, switched: dict[str, bool]) -> ink.Ink | None:
    """What becomes of the drawing, or of the picture in its place, with these steps."""
    if isinstance(given, picture.Brought):
        return given.read(**switched)
    return ink.read(given.pixels, canvas=True, **switched) if given else None


def canvas() -> Drawing | None:
    """The canvas; what is no drawing becomes a sentence."""
    try:
        return digit_canvas(CANVAS)
    except UnreadableImage as error:
        page.problem(error)
        return None


def examples(drawing: Drawing | None) -> None:
    """Drawings to try, and the question that the one on the canvas asks."""
    shown = [each for each in EXAMPLES if drawing and drawing.strokes == as_tuples(each.strokes)]
    st.markdown(f"**Try this:** {shown[0].question if shown else 'one click draws it for you.'}")
    with st.container(horizontal=True, gap="small"):
        for example in EXAMPLES:
            st.button(example.title, help=example.question, on_click=partial(draw, example.strokes))


def draw(strokes) -> None:
    """Put an example on the canvas, in place of whatever is there."""
    picture.leave()
    put(CANVAS, strokes)


def show_answer(choice: str, drawing: Drawing | None, drawn: ink.Ink | None, switched: dict[str, bool]):
    """The digit or digits, how sure the network is, and the probability of every class.

    Returns the network, None if damaged, the answer in words, and the digits if there are several.
    """
    try:
        classifier = reader.load(choice)
    except DlcoreError as error:
        page.problem(error)
        reader.forget()
        return None, "", None
    labels, said, several = classifier.labels, "", None
    if drawn is None:
        st.html(
            digits.answer(digits.NOTHING, "Nothing drawn yet", "The answer appears here as soon as you lift the pen.")
        )
        _bars([0.0] * len(labels), labels, faded=True)
    else:
        reading = classifier.read(drawn.image[None, None], [drawn.problem])[0]
        several = number.find(classifier, drawing, drawn, reading, switched)
        said = number.show(classifier, several) if several else show_one(classifier, drawn, reading)
        if not all(switched.values()):
            show_whole(classifier, drawing, several)
    if not classifier.reads_digits:
        invite(CANVAS, "Draw one of these here", shorten(joined(labels, most=3), 40, placeholder=" …"))
        st.caption(page.plain(f"It tells {joined(labels, most=10)} apart: draw one of them."))
    st.caption(page.plain(reader.summary(classifier)), help=explain("test", "novelty score"))
    return classifier, said, several


def show_one(classifier, drawn: ink.Ink, reading) -> str:
    """What the drawing is as one digit; returns it in words."""
    if reading.is_digit:
        sure = f"{percent(reading.confidence)} sure"
        said = f"{reading.label}, {sure}"
        st.html(digits.answer(reading.label, sure, _runner_up(reading, classifier.labels)))
    else:
        why, none = number.reason(drawn, reading), nothing(classifier).capitalize()
        said = f"{none}. {why}"
        st.html(digits.answer("?", none, why))
    _bars(reading.probabilities, classifier.labels, faded=not reading.is_digit)
    return said


def show_whole(classifier, drawing: Drawing, several: number.Several | None) -> None:
    """What the answer is if no step is left out."""
    full = None if several else classifier.drawing(drawing.pixels, canvas=True)[1]
    if several:
        says = f"**{number.text(several.number.readings)}**"
    elif full.is_digit:
        says = f"**{full.label}**, {percent(full.confidence)} sure"
    else:
        says = f"**{nothing(classifier)}**"
    st.markdown(f"With every step on: {says}.")


def _bars(probabilities, labels, *, faded: bool) -> None:
    """A bar for each class; of many, for the likeliest."""
    places = range(len(labels))
    if len(labels) > MOST_BARS:
        places = sorted(places, key=lambda place: -probabilities[place])[:MOST_BARS]
    colours = theme.digit_colours(len(labels))
    shown = ([each[place] for place in places] for each in (probabilities, labels, colours))
    st.html(digits.bars(*shown, faded=faded))
    if len(labels) > MOST_BARS:
        st.caption(f"The {MOST_BARS} likeliest of {len(labels)} classes.")


def _runner_up(reading, labels) -> str:
    second = sorted(range(len(labels)), key=reading.probabilities.__getitem__)[-2]
    return f"Next most likely: {labels[second]}, {percent(reading.probabilities[second])}"


def downloads(
    choice: str, drawing: Drawing | None, drawn: ink.Ink | None, switched: dict[str, bool], several: bool
) -> None:
    """The drawing and its 28×28 picture as files, and the code that read them."""
    with st.container(horizontal=True):
        for label, name, image in (
            ("Drawing", "drawing.png", drawing.pixels if drawing else None),
            ("28×28 pixels", "digit.png", drawn.image if drawn else None),
        ):
            data = b"" if image is None else digits.png(image)
            st.download_button(
                label, data, name, "image/png", icon=":material/download:", disabled=image is None, on_click="ignore"
            )
    show_code(script(choice, switched, several))


def script(choice: str, switched: dict[str, bool], several: bool) -> str:
    """What ran, for a drawing in a file. several: whether it has several digits"""
    off = "".join(f", {name}=False" for name, on in switched.items() if not on)
    line = reader.source(choice)
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            "from dlcore.data import ink",
            *(["from dlcore.use import numbers"] if several else []),
            "from dlcore.use.classifier import Classifier",
            *(["from dlcore.runs import Store"] if "Store()" in line else []),
            "",
            line,
            "# a drawing, such as the one that the button Drawing saves",
            'pixels = ink.decode(Path("drawing.png").read_bytes())',
            f"drawn = ink.read(pixels, canvas=True{off})",
            "reading = classifier.read(drawn.image[None, None], [drawn.problem])[0]",
            "print(reading.label, reading.confidence, reading.is_digit, reading.reason)",
            *(SEVERAL if several else []),
        ]
    )


page.guard()
page.header("Draw a digit", "Draw with a mouse, pen or finger, and see what a neural network makes of it.")
link.problems()
board()
