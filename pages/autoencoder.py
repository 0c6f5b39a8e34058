"""Watch a network squeeze images into a few numbers, look inside, and let it draw new ones.

Each section after Train is `section(choice)` in a module of pages/parts/autoencoder, given the autoencoder that the
visitor chose (see choice.py), and draws everything below the segmented control, as a fragment where it has controls.
Its name in SECTIONS is its value in the link (?ae_section=…), so that other pages can lead to it.
"""

from pages.shared import page

page.guard()
page.header("Autoencoders", "Watch a network squeeze images into a few numbers, look inside, and let it draw new ones.")

# What follows imports torch, which takes seconds when the server is fresh.
from collections.abc import Callable

from pages.parts.autoencoder import anomaly, few_labels, generate, latent, own, train, weights
from pages.parts.autoencoder.choice import Choice, choose
from pages.shared import link

# After Train, by name: title and what draws it.
SECTIONS: dict[str, tuple[str, Callable[[Choice], None]]] = {
    "latent": ("Map", latent.section),
    "generate": ("Generate", generate.section),
    "own": ("Your digit", own.section),
    "anomaly": ("Anomaly", anomaly.section),
    "few-labels": ("Few labels", few_labels.section),
    "weights": ("Weights", weights.section),
}

link.problems()
titles = {"train": "Train", **{name: title for name, (title, _) in SECTIONS.items()}}
chosen = link.choice("ae_section", "Section", tuple(titles), "train", names=titles, look="segmented",
                     label_visibility="collapsed")  # fmt: skip
with page.section(chosen, titles):
    if chosen == "train":
        train.section()
    else:
        with page.sentences():
            SECTIONS[chosen][1](choose())
