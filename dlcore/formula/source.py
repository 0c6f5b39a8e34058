"""Lines of Python for scripts: those that dlcore runs, read from its own files, and those that are written. No torch.

>>> source("dlcore.config.schedules:one_cycle").text
'WARM_UP = 0.3\\nSTART = 1 / 25\\nEND = START / 1e4\\n\\n\\ndef cosine(done: float) -> float: …'
"""

import ast
import functools
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Code:
    """Lines of a script, and what they rely on.

    imports: lines such as `from torch import nn`; needs: packages that are installed for them, besides torch
    """

    text: str = ""
    imports: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @classmethod
    def joined(cls, *parts: "Code") -> "Code":
        """One after the other."""
        imports = tuple(dict.fromkeys(line for each in parts for line in each.imports))
        needs = tuple(dict.fromkeys(name for each in parts for name in each.needs))
        return cls(stacked(*(each.text for each in parts)), imports, needs)


def stacked(*blocks: str) -> str:
    """Blocks of lines with two empty lines around definitions, and one between others; empty blocks are left out."""
    lines, last = [], None
    for text in filter(None, blocks):
        body = ast.parse(text).body
        if last is not None:
            lines.append("\n\n\n" if isinstance(last, DEFINITIONS) or isinstance(body[0], DEFINITIONS) else "\n\n")
        lines.append(text.strip("\n"))
        last = body[-1]
    return "".join(lines)


def source(*names: str) -> Code:
    """The lines that define `module:name`, after those of the same modules that they use, with their imports.

    The modules are read, not imported. Raises KeyError if a name is defined in no line of its own.
    """
    wanted: dict[str, set[str]] = {}
    for each in names:
        module, _, name = each.partition(":")
        wanted.setdefault(module, set()).add(name)
    return Code.joined(*(_read(module).code(found) for module, found in wanted.items()))


def import_lines(lines: Iterable[str]) -> str:
    """Imports in the usual order: Python's own, then others; whole modules first; each module once."""
    whole: set[str] = set()
    parts: dict[str, set[str]] = {}
    for statement in ast.parse("\n".join(lines)).body:
        if isinstance(statement, ast.Import):
            whole.update(each.name for each in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            parts.setdefault(statement.module or "", set()).update(each.name for each in statement.names)
    groups = []
    for own in (True, False):
        first = [f"import {each}" for each in sorted(whole) if _is_python(each) == own]
        then = [f"from {each} import {', '.join(sorted(parts[each], key=_case))}"
                for each in sorted(parts) if _is_python(each) == own]  # fmt: skip
        groups.append("\n".join([*first, *then]))
    return "\n\n".join(filter(None, groups))


def _is_python(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _case(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then the rest."""
    return not name.isupper(), not name[0].isupper(), name


@dataclass(frozen=True)
class _Module:
    """The top level of a file. imports: lines by the names that they bring; definitions: by name, in their order."""

    lines: list[str]
    imports: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, ast.stmt] = field(default_factory=dict)

    def code(self, names: set[str]) -> Code:
        """Definitions, and all in this module that they use."""
        nodes, imports, open_names = set(), [], sorted(names)
        while open_names:
            name = open_names.pop()
            if name in self.imports:
                imports.append(self.imports[name])
            elif name in names or name in self.definitions:
                node = self.definitions[name]
                if node not in nodes:
                    nodes.add(node)
                    open_names += sorted(_used(node))
        chosen = sorted(nodes, key=lambda node: node.lineno)
        return Code(stacked(*self._blocks(chosen)), tuple(sorted(set(imports))))

    def _blocks(self, nodes: list[ast.stmt]) -> Iterator[str]:
        """Definitions one by one, constants together."""
        constants: list[str] = []
        for node in nodes:
            if not isinstance(node, DEFINITIONS):
                constants.append(self._text(node))
                continue
            if constants:
                yield "\n".join(constants)
                constants = []
            yield self._text(node)
        if constants:
            yield "\n".join(constants)

    def _text(self, node: ast.stmt) -> str:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        return "\n".join(self.lines[first - 1 : node.end_lineno])


def _used(node: ast.stmt) -> set[str]:
    """Names that are read in a definition and not its own."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    own = {each.id for each in names if not isinstance(each.ctx, ast.Load)}
    own |= {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return {each.id for each in names} - own


@functools.cache
def _read(module: str) -> _Module:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise KeyError(f"the source of {module} is not there")
    text = Path(spec.origin).read_text(encoding="utf-8")
    read = _Module(text.splitlines())
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import):
            read.imports.update({each.name: f"import {each.name}" for each in statement.names})
        elif isinstance(statement, ast.ImportFrom):
            line = f"from {statement.module} import "
            read.imports.update({each.name: line + each.name for each in statement.names})
        elif isinstance(statement, DEFINITIONS):
            read.definitions[statement.name] = statement
        elif isinstance(statement, ast.Assign):
            names = {name.id: statement for target in statement.targets for name in ast.walk(target)
                     if isinstance(name, ast.Name)}  # fmt: skip
            read.definitions.update(names)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            read.definitions[statement.target.id] = statement
    return read
