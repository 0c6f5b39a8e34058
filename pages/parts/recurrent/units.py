"""Which unit of a network follows something in a text: brackets, quotation marks, the length of a line."""

from collections.abc import Callable

import numpy as np


def brackets(text: str) -> np.ndarray:
    """How many brackets are open after every character."""
    change = [(character in "([{") - (character in ")]}") for character in text]
    return np.maximum(np.cumsum(change), 0).astype(float)


def quotes(text: str) -> np.ndarray:
    """1 inside of quotation marks, from the opening to the closing one in a line."""
    inside, found = "", []
    for character in text:
        if character == "\n":
            inside = ""
        elif inside:
            inside = "" if character == inside else inside
        elif character in "\"'`“":
            inside = "”" if character == "“" else character
        found.append(float(bool(inside)))
    return np.array(found)


def place_in_line(text: str) -> np.ndarray:
    """Characters since the line began."""
    place, found = 0, []
    for character in text:
        place = 0 if character == "\n" else place + 1
        found.append(float(place))
    return np.array(found)


def place_in_word(text: str) -> np.ndarray:
    """Letters since the word began; 0 between words."""
    place, found = 0, []
    for character in text:
        place = place + 1 if character.isalnum() else 0
        found.append(float(place))
    return np.array(found)


def capitals(text: str) -> np.ndarray:
    """1 at capital letters."""
    return np.array([float(character.isupper()) for character in text])


FOLLOWED: dict[str, tuple[str, Callable[[str], np.ndarray]]] = {
    "brackets": ("counts open brackets", brackets),
    "quotes": ("knows that it is inside quotation marks", quotes),
    "line": ("counts the characters of a line", place_in_line),
    "word": ("counts the letters of a word", place_in_word),
    "capitals": ("sees capital letters", capitals),
}
"""What a unit may follow: name → what is said of such a unit, and the curve that it should have."""


def correlations(states: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """Pearson's correlation of every unit with a curve; 0 where one of the two does not change.

    states: (steps, units); curve: (steps,)
    """
    states = np.asarray(states, dtype=np.float64)
    states, curve = states - states.mean(0), curve - curve.mean()
    size = np.sqrt((states**2).sum(0) * (curve**2).sum())
    return np.divide(curve @ states, size, out=np.zeros(states.shape[1]), where=size > 1e-12)
