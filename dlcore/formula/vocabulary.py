"""What expressions are made of: constants and functions, what else people call them, and the error for other texts."""

import math

from dlcore.errors import DlcoreError

CONSTANTS = {"pi": math.pi, "e": math.e}

FUNCTIONS = {
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1, "sinh": 1, "cosh": 1, "tanh": 1,
    "exp": 1, "log": 1, "log2": 1, "log10": 1, "log1p": 1, "sqrt": 1, "abs": 1, "sign": 1, "erf": 1,
    "sigmoid": 1, "softplus": 1, "relu": 1, "min": 2, "max": 2, "clamp": 3, "where": 3,
}  # fmt: skip
"""Functions that may be called, and how many arguments each takes."""

ALIASES = {
    "ln": "log", "lg": "log10", "lb": "log2", "log_2": "log2", "log_10": "log10",
    "tg": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctg": "atan", "atg": "atan",
    "sh": "sinh", "ch": "cosh", "th": "tanh", "sgn": "sign", "σ": "sigmoid", "absolute": "abs", "fabs": "abs",
    "minimum": "min", "maximum": "max", "clip": "clamp", "π": "pi", "ℯ": "e",
}  # fmt: skip
"""Other names that have one meaning."""

INSTEAD = {
    "cot": "1/tan(x)", "ctg": "1/tan(x)", "sec": "1/cos(x)", "csc": "1/sin(x)", "cosec": "1/sin(x)",
    "cbrt": "sign(x)*abs(x)**(1/3)", "pow": "x**2", "square": "x**2", "power": "x**2", "expm1": "exp(x) - 1",
    "reciprocal": "1/x", "silu": "x*sigmoid(x)", "swish": "x*sigmoid(x)", "heaviside": "where(x > 0, 1, 0)",
    "if": "where(x > 0, 1, 0)", "root": "sqrt(x)",
}  # fmt: skip
"""What to write in place of functions that are not known."""

SIGNS_INSTEAD = {
    "∞": "Infinity cannot be used here: write a large number, such as 1e6",
    "%": "Percentages are written as a number: 0.05 for 5 %",
    "!": "There are no factorials here: write the number, such as 24 for 4!",
    ":": "Division is written /, as in x/2",
    "∛": "A cube root is written sign(x)*abs(x)**(1/3)",
    "±": "One expression has one value: write + or −",
    "∓": "One expression has one value: write + or −",
    "≠": "Compare two values with <, <=, > or >=",
    "begin": "Cases are written where(condition, then, otherwise), as in where(x > 0, x, 0)",
    "=": "Type only what is to the right of the =",
}
"""What to say of signs that are not known."""

MODULES = ("torch", "functional", "math", "np", "numpy", "Math", "F")
"""Where code has functions from: torch.tanh(x) is tanh(x)."""


class InvalidExpression(DlcoreError):
    """A text that is no expression. `position` is the index of the character in `text` where that shows."""

    def __init__(self, sentence: str, text: str, position: int) -> None:
        super().__init__(sentence)
        self.text = text
        self.position = max(0, min(position, len(text)))

    @property
    def pointer(self) -> str:
        """The text, and below it a caret under the character."""
        return f"{self.text}\n{' ' * self.position}^"


def refused(why: str, text: str, position: int) -> InvalidExpression:
    """The error for what is wrong at a place in a text."""
    return InvalidExpression(f"{why} (character {min(position, len(text)) + 1})", text, position)
