"""What the field's terms mean, one sentence each, for every tooltip: there is no other place for such a sentence.

A number beside a picture gets `explain` as its help, a sentence too; a term in HTML is made by `term`.
"""

from html import escape

GLOSSARY = {
    "activation": "The function that turns the weighted sum of a unit into its output, such as ReLU or the sigmoid.",
    "augmentation": "Training images are changed a little at random, turned, bent or made thicker, "
    "so that a few stand for many.",
    "autograd": "PyTorch records every operation of the forward pass and applies the chain rule to it backwards.",
    "backpropagation": "The chain rule applied from the loss back to every parameter: it computes all gradients.",
    "batch": "The samples whose mean gradient decides one update.",
    "batch normalisation": "Shifts and scales the values of a layer to mean 0 and variance 1 over each batch.",
    "bias": "A number that is added to the weighted sum of a unit's inputs.",
    "cell": "The part of a recurrent network that computes the next hidden state from the last one and the input.",
    "condition number": "How many times steeper the steepest direction is than the flattest, λmax/λmin; "
    "the larger it is, the longer plain gradient descent takes.",
    "cross-entropy": "The mean of −ln p, where p is the probability that the true class gets; "
    "0 if every true class gets all of it.",
    "curvature": "How fast the slope changes along a direction: its second derivative, an eigenvalue of the Hessian.",
    "dead unit": "A unit that has no gradient for any sample, so that it cannot learn any more.",
    "disagreement": "How much of an ensemble's doubt comes from its members contradicting each other rather than from "
    "each being unsure, in bits: the entropy of the mean less the mean of the entropies.",
    "dropout": "While the network trains, a random share of its units is switched off at every step, "
    "so that it cannot rely on any single one.",
    "early stopping": "Training ends once the validation loss has not improved for this many epochs.",
    "ELBO": "The evidence lower bound: a lower bound on the log-likelihood of an image, in nats; higher is better.",
    "ensemble": "Several networks whose probabilities are averaged.",
    "entropy": "How undecided a distribution is, in bits: 0 if one class has all of the probability, "
    "log₂ of the number of classes if all are equal.",
    "epoch": "One pass over all training samples.",
    "false alarm": "A usual sample that is called odd.",
    "fine-tuning": "A network that has been trained already is trained a little more, on other samples.",
    "forgetting": "A network that learns something new changes the same weights that hold what it knew, "
    "and loses part of that.",
    "gate": "Numbers between 0 and 1 that decide how much of a signal gets through; the network learns them.",
    "gradient": "The slope by every parameter: the direction in which the loss rises fastest, and how steeply.",
    "gradient clipping": "A gradient that is longer than a limit is shortened to it, so that no step is too long.",
    "Hessian": "The matrix of all second derivatives; its eigenvalues are the curvatures.",
    "hidden state": "The numbers that a recurrent network carries from one step to the next: its memory.",
    "KL divergence": "How far a distribution is from another one, in nats: here, the codes of an image from the "
    "standard normal distribution.",
    "label smoothing": "A share of each target is spread evenly over all classes, so that the network does not become "
    "too sure.",
    "latent code": "The few numbers into which an encoder squeezes an image and from which a decoder draws it again.",
    "learning rate": "The factor α by which the gradient is multiplied to make one step.",
    "logit": "The number that a network gives for a class before sigmoid or softmax makes a probability of it.",
    "loss": "One number that says how wrong the answers are; training makes it smaller.",
    "momentum": "A running sum of earlier gradients that keeps moving the parameters in their common direction.",
    "multiply-adds": "Products of a weight and a value that are added up: the work that one image takes.",
    "network": "Layers of units, each of which reads the outputs of the layer before.",
    "nat": "The unit of information with the natural logarithm: 1 nat is 1.443 bits.",
    "neuron": "A unit of a network: a weighted sum of its inputs plus a bias, then an activation.",
    "novelty score": "How much an input looks like the training data; below a threshold the network gives no answer.",
    "optimizer": "The rule that turns gradients into steps of the parameters.",
    "overfitting": "The training loss still falls while the validation loss rises: the network memorises its samples.",
    "perplexity": "The exponential of the loss: among how many equally likely choices the network seems to guess.",
    "posterior collapse": "The code of a variational autoencoder no longer depends on the image, "
    "so the decoder draws the same picture for all of them.",
    "recall": "The share of the samples of a class that are recognised as that class.",
    "rehearsal": "Old samples are mixed with the new ones, so that the network does not forget what it knew.",
    "ROC curve": "The share of odd samples that are found against the share of false alarms, for every threshold.",
    "root mean square": "The square root of the mean of the squares: the typical size of many numbers.",
    "saturated": "Where an activation is almost flat: its derivative is near 0, so hardly any gradient gets through.",
    "slope": "The length of the gradient, |∇f|: 0 at a minimum.",
    "temperature": "Logits are divided by it before softmax: below 1 the likely becomes likelier, above 1 less so.",
    "test": "Samples that are used once, at the end, to measure the final network.",
    "valid prediction time": "How many steps a forecast that is fed its own output stays close to the series.",
    "validation": "Samples that the network is never trained on: they show during training how it does on new ones.",
    "weight": "The number by which an input of a unit is multiplied.",
    "weight decay": "Every step also shrinks each weight by a small share of itself.",
    "δ": "The error of a unit, ∂L/∂z: how much the loss changes when its weighted sum z grows by a little.",
    "λmax": "The largest curvature; gradient descent with a learning rate above 2/λmax overshoots more at every step.",
}
"""Term → one sentence."""


def explain(*terms: str) -> str:
    """Markdown for a `help`: one paragraph for each term; KeyError for a term that nobody has explained."""
    return "\n\n".join(f"**{each[:1].upper()}{each[1:]}**: {GLOSSARY[each]}" for each in terms)


def explained(label: str, sentence: str) -> str:
    """The help of a control: its sentence, and that of the term after which it is named, such as Batch size."""
    named = [each for each in GLOSSARY if label.lower().startswith(each.lower())]
    return f"{sentence}\n\n{explain(max(named, key=len))}" if named else sentence


def term(name: str, shown: str = "") -> str:
    """HTML of a term with its sentence as a tooltip, under the name `shown` or its own."""
    return f'<abbr title="{escape(GLOSSARY[name])}" tabindex="0">{escape(shown or name)}</abbr>'
