"""One description of a torch object, read in two ways: as the object itself, and as the code that makes it. No torch.

    >>> layer = Call("nn.Conv2d", 1, 32, 3, padding=1)
    >>> layer.code()
    'nn.Conv2d(1, 32, 3, padding=1)'
    >>> layer.make()
    Conv2d(1, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))

Names begin with `nn` (torch.nn) or `torch`; or they say `module:name`, for what dlcore defines itself.
"""

import importlib
import json
from collections.abc import Iterator
from typing import Any

LINE = 120
"""Characters of a line of code."""


class Name:
    """Something that is passed by its name, such as `nn.init.zeros_`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), self.code()))

    def __repr__(self) -> str:
        return self.code()

    def code(self) -> str:
        """As a script writes it; what dlcore defines itself is defined in the script too, see `own`."""
        return self.name.partition(":")[2] or self.name

    def make(self) -> Any:
        """The thing itself."""
        module, _, path = self.name.partition(":") if ":" in self.name else ("torch", "", self.name)
        found: Any = importlib.import_module(module)
        for each in path.removeprefix("torch.").split("."):
            found = getattr(found, each)
        return found

    def own(self) -> Iterator[str]:
        """`module:name` of all that dlcore defines itself, for which a script needs the source."""
        if ":" in self.name:
            yield self.name


class Call(Name):
    """A name that is called: arguments are numbers, texts, tuples of them, and further names and calls."""

    def __init__(self, name: str, *arguments: Any, **options: Any) -> None:
        super().__init__(name)
        self.arguments, self.options = arguments, options

    def code(self, *before: str) -> str:
        """The call as a line of Python, with the code in `before` as its first arguments."""
        given = [
            *before,
            *map(_code, self.arguments),
            *(f"{name}={_code(each)}" for name, each in self.options.items()),
        ]
        return f"{super().code()}({', '.join(given)})"

    def lines(self, *before: str, given: str = "", indent: int = 0, spread: bool = False) -> str:
        """The same behind the text in `given`; with an argument a line where one line is too short for all of them.

        indent: spaces before it, which its first line leaves out; spread: an argument a line in any case
        """
        whole = f"{given}{self.code(*before)}"
        if not spread and indent + len(whole) < LINE:
            return whole
        inner = " " * (indent + 4)
        parts = [*before, *(_lines(each, "", indent + 4) for each in self.arguments)]
        parts += [_lines(each, f"{name}=", indent + 4) for name, each in self.options.items()]
        return "\n".join([f"{given}{super().code()}(", *(f"{inner}{part}," for part in parts), f"{' ' * indent})"])

    def make(self, *before: Any) -> Any:
        """What the call returns, with `before` as its first arguments."""
        options = {name: _made(each) for name, each in self.options.items()}
        return super().make()(*before, *map(_made, self.arguments), **options)

    def own(self) -> Iterator[str]:
        yield from super().own()
        for each in (*self.arguments, *self.options.values()):
            if isinstance(each, Name):
                yield from each.own()


def _code(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return value.code() if isinstance(value, Name) else repr(value)


def _lines(value: Any, given: str, indent: int) -> str:
    if isinstance(value, Call):
        return value.lines(given=given, indent=indent)
    return f"{given}{_code(value)}"


def _made(value: Any) -> Any:
    return value.make() if isinstance(value, Name) else value
