"""An expression as LaTeX."""

from collections.abc import Mapping

from dlcore.formula.node import Node

_SUM, _NEGATION, _PRODUCT, _POWER, _ATOM = range(5)

_GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "pi",
    "rho", "sigma", "tau", "phi", "chi", "psi", "omega",
}  # fmt: skip
_NAMED = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "min", "max"}
_OPERATOR = {
    "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "log": r"\ln", "log2": r"\log_{2}",
    "log10": r"\log_{10}", "log1p": r"\operatorname{log1p}", "sigmoid": r"\sigma", "erf": r"\operatorname{erf}",
    "sign": r"\operatorname{sign}", "relu": r"\operatorname{ReLU}", "softplus": r"\operatorname{softplus}",
    "clamp": r"\operatorname{clamp}", **{name: rf"\{name}" for name in _NAMED},
}  # fmt: skip
Definition = tuple[tuple[str, ...], Node]
"""The names of a function's arguments, and what the function is in them."""
_COMPARISON = {"lt": "<", "le": r"\le", "gt": ">", "ge": r"\ge"}


def number(value: float, digits: int = 4) -> str:
    """A number as it is written in a formula: 0.05, 12, 3.2 \\cdot 10^{-7}."""
    if value != value:
        return r"\text{undefined}"
    if abs(value) == float("inf"):
        return r"\infty" if value > 0 else r"-\infty"
    short = f"{value:z.{digits}g}"
    mantissa, _, exponent = short.partition("e")
    if not exponent:
        return short
    power = f"10^{{{int(exponent)}}}"
    return {"1": power, "-1": f"-{power}"}.get(mantissa, rf"{mantissa} \cdot {power}")


def name(text: str) -> str:
    """A variable: x, \\alpha, w_{1}; `lam` is \\lambda, since lambda is a word of Python."""
    stem = text.rstrip("0123456789")
    digits = text[len(stem) :]
    stem = stem.removesuffix("_")
    stem = {"lam": "lambda"}.get(stem, stem)
    shown = rf"\{stem}" if stem in _GREEK else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}".replace("_", r"\_")
    return f"{shown}_{{{digits}}}" if digits else shown


def written(root: Node, values: Mapping[str, float], definitions: Mapping[str, Definition]) -> str:
    """LaTeX of `root`, with `values` in place of names, and the functions in `definitions` written as those."""

    def show(node: Node, least: int = _SUM) -> str:
        text, binding = shown(node)
        return text if binding >= least else rf"\left({text}\right)"

    def shown(node: Node) -> tuple[str, int]:
        if node.kind == "number":
            return _constant(node.number, digits=6)
        if node.kind == "name":
            if node.word not in values:
                return name(node.word), _ATOM
            return _constant(values[node.word])
        return call(node.word, node.arguments)

    def call(operation: str, given: tuple[Node, ...]) -> tuple[str, int]:
        match operation, given:
            case ("add", (a, b)):
                return f"{show(a)} + {show(b, _PRODUCT)}", _SUM
            case ("sub", (a, b)):
                return f"{show(a)} - {show(b, _PRODUCT)}", _SUM
            case ("mul", (a, b)):
                text = _product(show(a, _NEGATION), show(b, _POWER))
                return text, _NEGATION if text.startswith("-") else _PRODUCT
            case ("div", (a, b)):
                return rf"\frac{{{show(a)}}}{{{show(b)}}}", _POWER
            case ("neg", (a,)):
                return f"-{show(a, _PRODUCT)}", _NEGATION
            case ("pow", (a, b)):
                return f"{show(a, _ATOM)}^{{{show(b)}}}", _POWER
            case ("exp", (a,)):
                return f"e^{{{show(a)}}}", _POWER
            case ("sqrt", (a,)):
                return rf"\sqrt{{{show(a)}}}", _ATOM
            case ("abs", (a,)):
                return rf"\left|{show(a)}\right|", _ATOM
            case ("where", (condition, a, b)):
                left, right = (show(each) for each in condition.arguments)
                test = f"{left} {_COMPARISON[condition.word]} {right}"
                return (
                    rf"\begin{{cases}} {show(a)} & \text{{if }} {test} \\ {show(b)} & \text{{else}} \end{{cases}}",
                    _SUM,
                )
        if operation in definitions:
            names, body = definitions[operation]
            return shown(body.replaced(dict(zip(names, given, strict=True))))
        inner = ", ".join(show(each) for each in given)
        return rf"{_OPERATOR[operation]}\left({inner}\right)", _POWER

    return show(root)


def _constant(value: float, digits: int = 4) -> tuple[str, int]:
    text = {3.141592653589793: r"\pi", 2.718281828459045: "e"}.get(value) or number(value, digits)
    if text.startswith("-"):
        return text, _NEGATION
    return text, _ATOM if r"\cdot" not in text and "^" not in text else _PRODUCT


def _product(left: str, right: str) -> str:
    after_number = left[-1].isdigit() and right.startswith(("10^", r"\frac"))
    if right[0].isdigit() or right.startswith(r"\left(-") or after_number:
        return rf"{left} \cdot {right}"
    return rf"{left} {right}" if not (left[-1].isalpha() and right[0].isalpha()) else rf"{left} \, {right}"
