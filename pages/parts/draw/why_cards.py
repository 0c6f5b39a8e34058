"""Questions on the pictures of the section Why, with answers from their own numbers."""

from dataclasses import dataclass

from dlcore.formula.numbers import number, percent
from pages.parts.draw import why_change, why_pixels
from pages.parts.draw.why_change import SINGLE, Turned
from pages.parts.draw.why_pixels import Found
from pages.parts.draw.why_question import ANSWER, NEXT
from pages.shared import page, scroll
from pages.shared.experiments import Answer, Experiment, Reply, Unanswered

STRONGEST = 20
_ONE_DRAWING = "Measured on this one network and this one drawing."


@dataclass(frozen=True)
class Shown:
    """What is on the screen; turned: None where no change was found."""

    found: Found
    turned: Turned | None


@dataclass(frozen=True)
class Card(Experiment):
    """A question about one of the pictures, by its key."""

    picture: str = why_pixels.PICTURE


def bring(card: Card) -> None:
    """The picture of a card into view."""
    scroll.show(card.picture)


def _for_the_second(shown: Shown) -> Reply:
    shares, label = shown.found.shares.values.double(), shown.found.question.label(shown.found.target)
    good, bad = shares.clamp(min=0).sum().item(), -shares.clamp(max=0).sum().item()
    return Answer(
        f"Pixels that speak for {page.plain(label)} add {number(good, 3)} to its score, the others take "
        f"{number(bad, 3)} away.",
        "Exact to within the share beside the picture; compared with something else than blank paper, pixels would get "
        "other shares.",
        right=0 if good > bad else 1,
    )


def _agree(shown: Shown) -> Reply:
    found = shown.found
    tops = [set(each.flatten().topk(STRONGEST).indices.tolist()) for each in (found.shares.values, found.falls)]
    same, inked = len(tops[0] & tops[1]), max(1, int((found.question.image > 0).sum()))
    return Answer(
        f"Of the {STRONGEST} pixels that speak most for the answer, {same} are the same in both; two random choices "
        f"among the {inked} pixels with ink would share about {number(STRONGEST**2 / inked, 2)}. The two ask different "
        "things: what a pixel contributes, and what is lost without its surroundings.",
        _ONE_DRAWING,
        right=0 if 2 * same >= STRONGEST else 1,
    )


def _dust(shown: Shown) -> Reply:
    if shown.turned is None:
        return Unanswered("No change was found here: draw something else, or choose another class.")
    share = shown.turned.share
    return Answer(
        f"{percent(share)} of the drawing's ink, in {shown.turned.change.pixels} pixels. Choose whole strokes above "
        "and compare: they take more, and look more like a digit.",
        f"{_ONE_DRAWING} It is what a search found: less may do.",
        right=0 if share < 0.1 else 1 if share <= 0.3 else 2,
    )


EXPERIMENTS = (
    Card(
        "The second choice", "Does the drawing speak more for the next most likely class, or against it?",
        {"why_class": NEXT}, answer=_for_the_second, choices=("More for it", "More against it"), free=("why_square",),
    ),
    Card(
        "Do they agree?", "Do integrated gradients and occlusion find the same pixels?",
        {"why_class": ANSWER, "why_square": 3}, answer=_agree, choices=("At least half of them", "Fewer"),
    ),
    Card(
        "Dust is enough", "How much ink must change if single pixels may?",
        {"why_into": NEXT, "why_how": SINGLE}, answer=_dust, choices=("Less than 10 %", "10 to 30 %", "More than 30 %"),
        picture=why_change.PICTURE,
    ),
)  # fmt: skip
