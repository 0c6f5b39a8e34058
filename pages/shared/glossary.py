"""What the field's terms mean, one sentence each, for every tooltip: there is no other place for such a sentence.

A number beside a picture gets `explain` as its help, a sentence too; a term in HTML is made by `term`.
"""

from html import escape

GLOSSARY = {
    "autograd": "PyTorch records every operation of the forward pass and applies the chain rule to it backwards.",
    "batch": "The samples whose mean gradient decides one update.",
    "bias": "A number that is added to the weighted sum of a unit's inputs.",
    "condition number": "How many times steeper the steepest direction is than the flattest, λmax/λmin; "
    "the larger it is, the longer plain gradient descent takes.",
    "curvature": "How fast the slope changes along a direction: its second derivative, an eigenvalue of the Hessian.",
    "dead unit": "A unit that has no gradient for any sample, so that it cannot learn any more.",
    "entropy": "How undecided a distribution is, in bits: 0 if one class has all of the probability, "
    "log₂ of the number of classes if all are equal.",
    "gradient": "The slope by every parameter: the direction in which the loss rises fastest, and how steeply.",
    "Hessian": "The matrix of all second derivatives; its eigenvalues are the curvatures.",
    "learning rate": "The factor α by which the gradient is multiplied to make one step.",
    "logit": "The number that a network gives for a class before sigmoid or softmax makes a probability of it.",
    "loss": "One number that says how wrong the answers are; training makes it smaller.",
    "momentum": "A running sum of earlier gradients that keeps moving the parameters in their common direction.",
    "root mean square": "The square root of the mean of the squares: the typical size of many numbers.",
    "saturated": "Where an activation is almost flat: its derivative is near 0, so hardly any gradient gets through.",
    "slope": "The length of the gradient, |∇f|: 0 at a minimum.",
    "weight": "The number by which an input of a unit is multiplied.",
    "δ": "The error of a unit, ∂L/∂z: how much the loss changes when its weighted sum z grows by a little.",
    "λmax": "The largest curvature; gradient descent with a learning rate above 2/λmax overshoots more at every step.",
}
"""Term → one sentence."""


def explain(*terms: str) -> str:
    """Markdown for a `help`: one paragraph for each term; KeyError for a term that nobody has explained."""
    return "\n\n".join(f"**{each[:1].upper()}{each[1:]}**: {GLOSSARY[each]}" for each in terms)


def term(name: str, shown: str = "") -> str:
    """HTML of a term with its sentence as a tooltip, under the name `shown` or its own."""
    return f'<abbr title="{escape(GLOSSARY[name])}" tabindex="0">{escape(shown or name)}</abbr>'
