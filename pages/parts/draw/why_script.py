"""The code of the section Why."""

import math

from pages.parts.draw.why_change import Turned
from pages.parts.draw.why_neighbours import COUNT, Known
from pages.parts.draw.why_pixels import Found
from pages.parts.draw.why_question import Question
from pages.shared import own_images, reader


def script(question: Question, found: Found, known: Known, turned: Turned | None) -> str:
    """What ran for the pictures that are shown, for a drawing in a file."""
    load = reader.source(question.choice)
    body = _pixels(found)
    data = ""
    if known.gallery is not None:
        data = _images(question, known)
        body += f"""

# the training images that the last hidden layer finds most alike
split = {data}
gallery = Gallery(model, split.images, split.labels)
nearest = gallery.nearest(image, {COUNT})
print(gallery.labels[nearest.places].tolist(), nearest.distances.tolist())"""
    if turned is not None:
        least = f", least={turned.least!r}" if math.isfinite(turned.least) else ""
        body += f"""

# the least ink that makes it another class
examples = gallery.images[gallery.labels == {turned.target}]
changed = change(model, image, {turned.target}, examples{least}, strokes={turned.strokes})
print(changed.added, changed.erased, changed.pixels, classifier.read(changed.image[None])[0])"""
    uses = {
        "dlcore.data": ("ink", *(("load",) if "load(" in data else ())),
        "dlcore.inspect.attributions": ("gradient", "integrated_gradients", "occlusion"),
        "dlcore.inspect.class_maps": ("class_map", "map_layers") if found.maps else (),
        "dlcore.inspect.counterfactual": ("change",) if turned else (),
        "dlcore.inspect.neighbours": ("Gallery", *(("learned",) if "learned(" in data else ())) if data else (),
        "dlcore.runs": ("Store",) if "Store()" in load + data else (),
        "dlcore.use.classifier": ("Classifier",),
    }
    imports = "\n".join(f"from {module} import {', '.join(names)}" for module, names in uses.items() if names)
    return f"""from pathlib import Path

import torch

{imports}

{load}
model, target = classifier.model, {found.target}
# a drawing, such as the one that the button Drawing saves
drawn = ink.read(ink.decode(Path("drawing.png").read_bytes()), canvas=True)
image = torch.from_numpy(drawn.image)[None]

{body}"""


def _pixels(found: Found) -> str:
    lines = f"""# the pixels on which the score depends
slopes = gradient(model, image, target)
shares = integrated_gradients(model, image, target, most={found.steps})
falls = occlusion(model, image, target, {found.size})
print(slopes.abs().max(), shares.total, shares.score - shares.baseline, falls.max())"""
    if found.maps is None:
        return lines
    return f"""{lines}
layer = next(each for each in map_layers(model) if each.place == {found.maps.layer.place})
print(class_map(model, image, target, layer).coarse)"""


def _images(question: Question, known: Known) -> str:
    if known.stand_in:
        return 'load("digits").train'
    return f"learned({own_images.source(question.classifier.config.data.name, question.choice)}, classifier.config)"
