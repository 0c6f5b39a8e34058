"""Numbers with commas in expressions: for the decimals, for the thousands, or between arguments. No torch."""

import re
from dataclasses import replace

from dlcore.formula.tokens import Token
from dlcore.formula.vocabulary import ALIASES, FUNCTIONS, refused


def decimals(words: list[Token], text: str) -> list[Token]:
    """Numbers with a comma for the decimals, where it does not part the arguments of a function."""
    made: list[Token] = []
    parting = [False]
    place = 0
    while place < len(words):
        each = words[place]
        if each.text == "(":
            parting.append(_parts(words, place))
        elif each.text == ")" and len(parting) > 1:
            parting.pop()
        elif each.text == ";" and len(parting) > 1:
            each = replace(each, text=",")
        digits = _comma_run(words, place) if not parting[-1] else [each]
        if len(digits) > 1:
            each = _one_number(digits, text)
            place += 2 * (len(digits) - 1)
        made.append(each)
        place += 1
    return made


def _parts(words: list[Token], place: int) -> bool:
    """Whether commas part arguments between the bracket at `place` and the one that closes it."""
    before = words[place - 1].text.rpartition(".")[2] if place and words[place - 1].kind == "word" else ""
    if FUNCTIONS.get(ALIASES.get(before, before), 1 if before in FUNCTIONS or not before else 2) == 1:
        return False
    depth = 0
    for each in words[place:]:
        depth += (each.text == "(") - (each.text == ")")
        if not depth:
            break
        if depth == 1 and each.text == ";":
            return False
    return True


def _comma_run(words: list[Token], place: int) -> list[Token]:
    """Numbers with nothing but a comma between them, from `place` on."""
    found = [words[place]]
    while (
        found[-1].kind == "number"
        and place + 2 < len(words)
        and words[place + 1].text == ","
        and words[place + 2].kind == "number"
        and found[-1].end == words[place + 1].start
        and words[place + 1].end == words[place + 2].start
    ):
        found.append(words[place + 2])
        place += 2
    return found


def _one_number(parts: list[Token], text: str) -> Token:
    whole, *groups = (each.text for each in parts)
    said = text[parts[0].start : parts[-1].end]
    thousands = len(whole) < 4 and whole != "0" and all(re.fullmatch(r"\d{3}(\.\d*)?", each) for each in groups)
    if thousands and (len(groups) > 1 or "." in groups[-1]):
        value = whole + "".join(groups)
    elif len(groups) == 1 and whole.isdigit() and re.fullmatch(r"\d+(e[-+]?\d+)?", groups[0], re.IGNORECASE):
        if thousands:
            raise refused(
                f"{said} can be {whole}.{groups[0]} or {whole}{groups[0]}: write the one you mean", text, parts[0].start
            )
        value = text[parts[0].start : parts[0].end] + "." + text[parts[1].start : parts[1].end].replace("−", "-")
    else:
        raise refused(f"{said} is not a number: decimals are written with a point, as in 0.5", text, parts[1].start - 1)
    return replace(parts[0], text=value, end=parts[-1].end)
