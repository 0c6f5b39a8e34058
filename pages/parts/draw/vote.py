"""All readers side by side on one drawing: what each says, what they say together, and whose doubt can be trusted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlcore.config.class_names import joined
from dlcore.errors import DlcoreError
from dlcore.formula.numbers import number, percent
from pages.figures import ballot as figures
from pages.figures import theme
from pages.parts.draw.board import Board, nothing
from pages.parts.draw.doubts import Doubt, Share, carded, doubt, prepare
from pages.parts.draw.samples import Sample, sample
from pages.shared import address, link, page, present, reader
from pages.shared.glossary import explain
from pages.shared.plot import plot

if TYPE_CHECKING:
    from torch import Tensor

    from dlcore.use.classifier import Classifier, Reading

KEY = "vote_readers"
MOST_READERS = 8
MOST_CLASSES = 12


@dataclass(frozen=True)
class Voter:
    """One reader. choice: as `pages.shared.reader` knows it; title: as its list calls it"""

    choice: str
    title: str
    classifier: "Classifier"


def section(board: Board) -> None:
    """Who reads, what they say, and how well each knows what is none of its classes."""
    with present.unfitted("vote"), page.sentences():
        voters = _voters(board)
        if not voters:
            st.caption("Choose two readers or more, and see whether they agree.")
            return
        labels = voters[0].classifier.labels
        together = [each for each in voters if each.classifier.labels == labels]
        others = [each for each in voters if each.classifier.labels != labels]
        if board.drawn is None:
            st.caption("Draw something, and all of them read it.")
        else:
            _drawing(board, together, others)
        for each in others:
            classes = page.plain(joined(each.classifier.labels, most=6))
            st.caption(f"{page.plain(each.title)} tells other classes apart ({classes}): it is left out of the mean.")
        with present.aside("vote_trust"):
            _trust(together)


def _voters(board: Board) -> list[Voter]:
    """The chosen readers; one that cannot be loaded is a sentence."""
    bundled = reader.bundled()
    options = reader.known([board.choice, *address.given(KEY), *st.session_state.get(KEY, ())])
    newest = list(options)[len(bundled) : len(bundled) + 1]
    default = list(dict.fromkeys([*bundled, *newest, board.choice]))[:MOST_READERS]
    chosen = link.many(
        KEY, "Readers", tuple(options), [each for each in default if each in options], names=options, most=MOST_READERS,
        help="The networks that come with the app, and those that you trained.",
    )  # fmt: skip
    found = []
    for choice in chosen:
        try:
            found.append(Voter(choice, options[choice], reader.load(choice)))
        except DlcoreError as error:
            page.problem(f"{options[choice]} cannot be asked: {error}")
    return found


def _drawing(board: Board, together: Sequence[Voter], others: Sequence[Voter]) -> None:
    """What all readers say of the drawing."""
    from dlcore.use.vote import vote

    image, problem = board.drawn.image[None, None], [board.drawn.problem]
    readings = [each.classifier.read(image, problem)[0] for each in (*together, *others)]
    joint, labels = readings[: len(together)], together[0].classifier.labels
    found = vote([each.probabilities for each in joint])
    st.markdown(agreement(together, joint))
    winner = labels[found.best]
    cards = [_card(voter, reading) for voter, reading in zip((*together, *others), readings, strict=True)]
    if len(together) > 1:
        refusing = sum(not each.is_digit for each in joint)
        doubts = f"{refusing} of {len(joint)} refuse to answer" if refusing else "nobody refuses to answer"
        sure = f"{percent(found.mean[found.best])} on the mean"
        cards.append(figures.Card(f"All {len(together)} together", winner, sure, doubts, together=True))
    st.html(figures.cards(cards))
    if len(together) > 1:
        _spread(together, joint, found)
        st.caption(
            f"Together, a class gets the mean of its probabilities, whether or not a reader refuses. Disagreement: "
            f"{number(found.disagreement, 2)} of the {number(found.entropy, 2)} bits by which they are undecided.",
            help=explain("ensemble", "disagreement", "entropy"),
        )


def agreement(voters: Sequence[Voter], readings: "Sequence[Reading]") -> str:
    """Who says what, and where they differ most."""
    says = defaultdict(list)
    for voter, reading in zip(voters, readings, strict=True):
        says[reading.label if reading.is_digit else nothing(voter.classifier)].append(_short(voter))
    if len(voters) == 1:
        return f"One reader says **{page.plain(next(iter(says)))}**: choose another one to compare."
    if len(says) == 1:
        first = f"All {len(voters)} say **{page.plain(next(iter(says)))}**."
    else:
        parts = (f"**{page.plain(what)}** ({page.plain(', '.join(who))})" for what, who in says.items())
        first = f"They disagree: {'; '.join(parts)}."
    said = np.array([each.probabilities for each in readings])
    place = int(np.ptp(said, axis=0).argmax())
    low, high = (int(pick(said[:, place])) for pick in (np.argmin, np.argmax))
    label = page.plain(voters[0].classifier.labels[place])
    return (
        f"{first} They differ most on {label}, from {percent(said[low, place])} ({page.plain(_short(voters[low]))}) "
        f"to {percent(said[high, place])} ({page.plain(_short(voters[high]))})."
    )


def _short(voter: Voter) -> str:
    """Its name for a sentence."""
    return voter.title.split(",")[0]


def _card(voter: Voter, reading: "Reading") -> figures.Card:
    labels = voter.classifier.labels
    second = int(np.argsort(reading.probabilities)[-2])
    after = f"then {labels[second]}, {percent(reading.probabilities[second])}"
    note = "" if voter.classifier.reads_digits else f"Its classes: {joined(labels, most=6)}"
    if reading.is_digit:
        return figures.Card(voter.title, reading.label, f"{percent(reading.confidence)} sure", after, note)
    most = f"most likely {reading.label}, {percent(reading.confidence)}"
    return figures.Card(voter.title, "?", nothing(voter.classifier).capitalize(), most, note)


def _spread(voters: Sequence[Voter], readings: "Sequence[Reading]", found) -> None:
    """Mean and each reader's probability of every class."""
    labels = voters[0].classifier.labels
    colours = theme.digit_colours(len(labels))
    places = sorted(sorted(range(len(labels)), key=lambda place: -found.mean[place])[:MOST_CLASSES])
    said = [[reading.probabilities[place] for place in places] for reading in readings]
    mean, names, shades = ([each[place] for place in places] for each in (found.mean, labels, colours))
    figure = figures.spread(mean, said, [_short(each) for each in voters], names, shades, dark=page.is_dark())
    plot(
        "drawfig_vote", figure, height=320, file_name="vote",
        alt="The probability of each class: the mean of all readers as bars, each reader as a mark.",
    )  # fmt: skip


def _trust(voters: Sequence[Voter]) -> None:
    """A table: how many test images each reads right, and how many of what is no digit it refuses."""
    st.subheader("Whose answer can be trusted?", anchor=False)
    found = sample(voters[0].classifier, voters[0].choice)
    if found is None:
        st.caption("The images that they learned from are not on this machine, so nothing can be measured.")
        return
    if found.note:
        page.problem(found.note)
    digits, place = voters[0].classifier.reads_digits, st.empty()
    if digits and not all(carded(each.classifier) for each in voters):
        prepare(lambda share: place.progress(share, text="Drawing letters, signs and scribbles"))
    logits, doubts = [], []
    for count, each in enumerate(voters):
        place.progress(count / len(voters), text=f"Measuring {page.plain(_short(each))}")
        logits.append(_outputs(each.choice, found.data, each.classifier, found))
        doubts.append(doubt(each.classifier, each.choice, found, logits[-1]) if digits else None)
    rows = [
        _row(_short(each), _right(outputs.softmax(1), found), one, digits)
        for each, outputs, one in zip(voters, logits, doubts, strict=True)
    ]
    if len(voters) > 1:
        rows.append(_row(f"All {len(voters)} together", _together(logits, found), None, digits))
    place.empty()
    head = ["Reader", "Test images read right", *(["Letters refused", "Non-digits refused", "Digits refused"] * digits)]
    st.html(figures.table(head, rows))
    for each, one in zip(voters, doubts, strict=True):
        if one and one.weak:
            st.markdown(f":material/warning: **{page.plain(_short(each))}** {one.weak}: its “not a digit” is weak.")
    st.caption(
        page.plain(
            f"Measured on the same {len(found):,} test images of {found.written} for all, with the 95 % interval. "
            + (
                "Refused means that the answer is “not a digit”. From the card: measured once, on far more images. "
                "Otherwise measured here, on 500 generated letters, signs and scribbles, and on the test images."
                if digits
                else ""
            )
        )
    )


@st.cache_data(max_entries=256, show_spinner=False)
def _outputs(choice: str, data: str, _classifier: "Classifier", _sample: Sample) -> "Tensor":
    return _classifier.logits_of_many(_sample.images)


def _together(logits: "Sequence[Tensor]", found: Sample) -> tuple[int, int]:
    """The same of the mean of their probabilities."""
    import torch

    from dlcore.use.vote import ensemble

    return _right(ensemble(torch.stack([each.softmax(1) for each in logits])), found)


def _right(probabilities: "Tensor", found: Sample) -> tuple[int, int]:
    """How many test images are read right, and of how many."""
    return int((probabilities.argmax(1) == found.labels).sum()), len(found)


def _row(name: str, counted: tuple[int, int], one: Doubt | None, digits: bool) -> list[str]:
    shares = (one.letters, one.generated, one.digits) if one else (None,) * 3
    shares = (Share(counted[0] / counted[1], counted[1]), *(shares if digits else ()))
    return [name, *(each.said if each else "–" for each in shares)]
