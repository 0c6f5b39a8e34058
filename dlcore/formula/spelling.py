"""Formulas as people type them, in the spelling that Python reads: 2x² is 2*x**2, |x| is abs(x), sin x is sin(x).

What has one meaning is accepted; what can mean two things is refused, and both are named. No torch.

>>> spelled("2x² + |x − 1|", ("x",)).text
'2*x**2 + abs(x - 1)'
"""

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dlcore.formula.decimals import decimals
from dlcore.formula.tokens import Token, tokens
from dlcore.formula.vocabulary import ALIASES, CONSTANTS, FUNCTIONS, SIGNS_INSTEAD, refused

_NAMED = re.compile(r"\s*(?:[A-Za-z]\w*\s*\([\w\s,]*\)|(?P<name>[A-Za-z]\w*))\s*=(?!=)\s*")


@dataclass(frozen=True)
class Spelled:
    """A text for Python. starts, ends: for each of its characters where that stands in what was typed"""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the part [start, end) of the text stands in what was typed."""
        if not self.starts:
            return 0, 0
        last = len(self.starts) - 1
        found = self.ends[last] if start > last else self.starts[start]
        return found, self.ends[min(max(end - 1, 0), last)]


def spelled(text: str, variables: tuple[str, ...]) -> Spelled:
    """A typed expression as Python writes it; InvalidExpression where it can mean two things."""
    begin = 0
    if named := _NAMED.match(text):
        if named["name"] in variables:
            raise refused("Type only what is to the right of the =", text, named.start("name"))
        begin = named.end()
    read = [replace(each, start=each.start + begin, end=each.end + begin) for each in tokens(text[begin:])]
    for each in read:
        if each.text in SIGNS_INSTEAD:
            raise refused(SIGNS_INSTEAD[each.text], text, each.start)
    words = [known for each in read for known in _known(each, variables)]
    made = _Speller(text, variables, decimals(_bars(words, text), text)).spell()
    written, starts, ends = "", [], []
    for place, each in enumerate(made):
        said = f" {each.text}" if each.spaced and place else each.text
        written += said
        starts += [each.start] * len(said)
        ends += [each.end] * len(said)
    return Spelled(written, tuple(starts), tuple(ends))


# Words


def _known(token: Token, variables: tuple[str, ...]) -> Iterator[Token]:
    """A word under the name that is known here; two words for two that are written as one, such as sinx and xy."""
    if token.kind != "word" or _is_known(token.text, variables):
        yield token
        return
    for name in (ALIASES.get(token.text), token.text.lower(), ALIASES.get(token.text.lower())):
        if name and _is_known(name, variables):
            yield replace(token, text=name)
            return
    for cut in range(len(token.text) - 1, 0, -1):
        left, right = (ALIASES.get(each, each) for each in (token.text[:cut], token.text[cut:]))
        letters = len(left) == len(right) == 1 and right in variables
        if (left in FUNCTIONS and right in variables) or (left in variables and (right in FUNCTIONS or letters)):
            middle = token.start + cut
            yield replace(token, text=left, end=middle)
            yield replace(token, text=right, start=middle, spaced=False)
            return
    yield token


def _is_known(word: str, variables: tuple[str, ...]) -> bool:
    return word in variables or word in CONSTANTS or word in FUNCTIONS


# Bars


def _bars(words: list[Token], text: str) -> list[Token]:
    """|…| as abs(…): a bar closes where the last bracket that is open is a bar and something stands before it."""
    made: list[Token] = []
    open_ones: list[Token] = []
    operand = False
    for each in words:
        if each.text == "|" and operand and open_ones and open_ones[-1].text == "|":
            open_ones.pop()
            each = replace(each, text=")")
        elif each.text == "|":
            open_ones.append(each)
            made.append(Token("word", "abs", each.start, each.end, each.spaced))
            each = replace(each, text="(", spaced=False)
        elif each.text == "(":
            open_ones.append(each)
        elif each.text == ")" and open_ones and open_ones[-1].text == "(":
            open_ones.pop()
        made.append(each)
        operand = each.kind == "number" or each.text == ")" or (each.kind == "word" and each.text not in FUNCTIONS)
    for each in open_ones:
        if each.text == "|":
            raise refused("This | has no partner: an absolute value is |x| or abs(x)", text, each.start)
    return made


# What is not written: signs of multiplication, and parentheses of functions


class _Speller:
    """Goes through the words from left to right."""

    def __init__(self, text: str, variables: tuple[str, ...], words: list[Token]) -> None:
        self.text, self.variables, self.words = text, variables, words
        self.place = 0

    def spell(self) -> list[Token]:
        made = list(self._level())
        while self.place < len(self.words):  # a bracket too many, of which the reader tells
            made += [self._next(), *self._level()]
        return made

    def _level(self) -> Iterator[Token]:
        """All up to the bracket that closes this level."""
        last: Token | None = None
        divided = raised = False
        """Whether a division or a power is still open, so that a product without a sign can mean two things."""
        while (each := self._ahead()) is not None and each.text != ")":
            if last is not None and self._multiplies(last, each):
                yield self._times(last, each, divided, raised)
            if each.kind == "sign" and each.text != "(" and not each.raised:
                divided = each.text == "/" or (divided and each.text == "**")
                raised = each.text == "**" or (raised and last is not None and last.text == "**")
            if each.text == "**" and last is not None and last.raised:
                raise refused("Two powers follow each other: use parentheses, as in (x**2)**3", self.text, each.start)
            yield from self._part()
            last = self.words[self.place - 1]

    def _part(self) -> Iterator[Token]:
        """One word, or brackets, or a function with all that it is applied to."""
        each = self._next()
        if self._is_function(each):
            yield from self._applied(each)
            return
        following = self._ahead()
        if each.text == "frac" and each.kind == "word" and following is not None and following.text == "(":
            yield from self._fraction(each)
            return
        yield each
        if each.text == "(":
            yield from self._closed()

    def _fraction(self, each: Token) -> Iterator[Token]:
        r"""What \frac{a}{b} of LaTeX stands for: ((a)/(b))."""
        yield replace(each, kind="sign", text="(")
        yield from self._part()
        if (below := self._ahead()) is not None and below.text == "(":
            yield Token("sign", "/", below.start, below.start)
            yield from self._part()
        end = self.words[self.place - 1].end
        yield Token("sign", ")", end, end)

    def _closed(self) -> Iterator[Token]:
        yield from self._level()
        if self.place < len(self.words):
            yield self._next()

    def _applied(self, function: Token) -> Iterator[Token]:
        """A function and its argument: in parentheses, or √x, sin x and sin² x."""
        power = self._power(function)
        yield function
        if (following := self._ahead()) is not None and following.text == "(":
            yield self._next()
            yield from self._closed()
        elif following is not None and self._is_function(following):
            yield Token("sign", "(", following.start, following.start)
            yield from self._part()
            end = self.words[self.place - 1].end
            yield Token("sign", ")", end, end)
        elif argument := self._argument(function):
            yield Token("sign", "(", argument[0].start, argument[0].start)
            yield from argument
            yield Token("sign", ")", argument[-1].end, argument[-1].end)
        yield from power

    def _power(self, function: Token) -> list[Token]:
        """The exponent between a function's name and its argument."""
        power = self.words[self.place : self.place + 2]
        if len(power) < 2 or power[0].text != "**":
            return []
        self.place += 2
        if power[1].kind != "number":
            name = function.text
            inverse = f"1/{name}(x)" + (f" or a{name}(x)" if f"a{name}" in FUNCTIONS else "")
            raise refused(
                f"A power of {name} stands behind it: write {name}(x)**2, {inverse}", self.text, power[0].start
            )
        return power

    def _argument(self, function: Token) -> list[Token]:
        """What a function without parentheses is applied to: such as x, 2x² and 2πx; of √ one number or name."""
        root = self.text[function.start] == "√"
        found: list[Token] = []
        if not root and (sign := self._ahead()) is not None and sign.text in ("+", "-"):
            found.append(self._next())
        while (each := self._ahead()) is not None and self._is_value(each):
            if found and self._is_value(found[-1]):
                if root or each.kind == "number" or found[-1].text in self.variables:
                    break
                found.append(Token("sign", "*", each.start, each.start))
            found.append(self._next())
        while not root and (power := self._ahead()) is not None and power.raised:
            found.append(self._next())
            if (first := self._ahead()) is not None:
                found += [self._next(), *(self._closed() if first.text == "(" else ())]
        self._check_argument(function, found)
        return found

    def _check_argument(self, function: Token, argument: list[Token]) -> None:
        """InvalidExpression where it is open what of all that follows belongs to the argument."""
        following = self._ahead()
        if following is None or not argument:
            return
        if following.text in ("/", "**", "(") or self._is_value(following):
            name, inner = function.text, self.text[argument[0].start : argument[-1].end]
            before, after = (self.text[each.start : following.end] for each in (function, following))
            raise refused(
                f"{before}… can mean two things: write {name}({inner}){after}… or {name}({inner}{after}…)",
                self.text, following.start,
            )  # fmt: skip

    def _times(self, last: Token, each: Token, divided: bool, raised: bool) -> Token:
        """A sign of multiplication; InvalidExpression if it is open what would be multiplied."""
        left = "(…)" if last.text == ")" else self.text[last.start : last.end]
        right = {"(": "(…)"}.get(each.text, self.text[each.start : each.end])
        why = ""
        if each.kind == last.kind == "number":
            why = f"A sign is missing between {left} and {right}"
        elif each.kind == "number":
            why = f"{left}{right} can be a product or a power: write {left}*{right} or {left}**{right}"
        elif divided:
            why = f"…/{left}{right} can mean two things: write …/({left}*{right}) or (…/{left})*{right}"
        elif raised and not each.spaced and last.text != ")":
            why = f"…^{left}{right} can mean two things: write …^({left}*{right}) or (…^{left})*{right}"
        if why:
            raise refused(why, self.text, each.start)
        return Token("sign", "*", each.start, each.start)

    def _multiplies(self, last: Token, each: Token) -> bool:
        """Whether a product is meant by what stands side by side."""
        ends = last.text == ")" or self._is_value(last) or (self._is_unknown(last) and each.text != "(")
        starts = each.text == "(" or each.kind == "number" or (each.kind == "word" and not keyword.iskeyword(each.text))
        return ends and starts

    def _is_unknown(self, token: Token) -> bool:
        return token.kind == "word" and not (keyword.iskeyword(token.text) or self._is_function(token))

    def _is_value(self, token: Token) -> bool:
        named = token.kind == "word" and (token.text in self.variables or token.text in CONSTANTS)
        return named or token.kind == "number"

    def _is_function(self, token: Token) -> bool:
        return token.kind == "word" and token.text in FUNCTIONS and token.text not in self.variables

    def _ahead(self) -> Token | None:
        return self.words[self.place] if self.place < len(self.words) else None

    def _next(self) -> Token:
        self.place += 1
        return self.words[self.place - 1]
