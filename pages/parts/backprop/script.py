"""The code that ran, as a script that prints the very numbers of the page."""

from dlcore.backprop.lesson import Moment


def network_script(moment: Moment) -> str:
    """Forward, back and update of one moment, written out; it needs torch and dlcore."""
    network, rate = moment.lesson.network, moment.lesson.rate
    layers = ", ".join(str(layer) for layer in range(1, network.depth + 1))
    weights = ",\n".join(f"    {place}: {_tensor(W)}" for place, (W, _) in enumerate(moment.parameters, start=1))
    biases = ",\n".join(f"    {place}: {_tensor(b)}" for place, (_, b) in enumerate(moment.parameters, start=1))
    names = ", ".join(f'{place}: "{name}"' for place, name in enumerate(network.activations, start=1))
    last = network.depth
    if moment.back.shortcut:
        first = f"delta = A[{last}] - Y  # softmax and this loss in one"
    elif network.activations[-1] == "softmax":
        first = f'delta = gradients.through_softmax("{network.loss}", Z[{last}], A[{last}], dA, Y)'
    else:
        first = f"delta = dA * derivatives.of(g[{last}], Z[{last}])"
    return f"""import torch

from dlcore.backprop import derivatives, gradients
from dlcore.backprop.network import applied

torch.set_default_dtype(torch.float64)
X = {_tensor(moment.X)}  # a column for each sample
Y = {_tensor(moment.Y)}
W = {{
{weights},
}}  # after {moment.done} updates
b = {{
{biases},
}}
g = {{{names}}}
rate, m = {rate!r}, {moment.X.shape[1]}

# forward
Z, A = {{}}, {{0: X}}
for l in ({layers},):
    Z[l] = W[l] @ A[l - 1] + b[l]
    A[l] = applied(g[l], Z[l])
J = gradients.losses(g[{last}], "{network.loss}", Z[{last}], A[{last}], Y).mean()

# back
dW, db = {{}}, {{}}
dA = gradients.of_loss(g[{last}], "{network.loss}", A[{last}], Y)
{first}
for l in ({", ".join(str(layer) for layer in range(last, 0, -1))},):
    dW[l] = delta @ A[l - 1].T / m
    db[l] = delta.mean(1, keepdim=True)
    if l > 1:
        delta = (W[l].T @ delta) * derivatives.of(g[l - 1], Z[l - 1])

# update
for l in ({layers},):
    W[l] = W[l] - rate * dW[l]
    b[l] = b[l] - rate * db[l]

print("J =", J.item())
for l in ({layers},):
    print(f"layer {{l}}: dW =", dW[l].tolist(), "db =", db[l].tolist())
"""


def _tensor(values) -> str:
    return f"torch.tensor({values.tolist()!r})"


def graph_script(text: str, values: dict[str, float]) -> str:
    """The expression's value and gradients by its graph, beside autograd's."""
    return f"""import torch

from dlcore.formula.expression import parse
from dlcore.formula.graph import VARIABLES, build

text, values = {text!r}, {values!r}
graph = build(text, values)
print("value", graph.value)
for name in values:
    print("by hand", name, graph.gradient(name))

leaves = {{name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}}
result = parse(text, VARIABLES)(**leaves)
if result.requires_grad:
    result.backward()
for name, leaf in leaves.items():
    print("autograd", name, 0.0 if leaf.grad is None else leaf.grad.item())
"""
