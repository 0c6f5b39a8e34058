"""All pages in their order: that of the sidebar and of Home."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page: its code is in pages/<name>.py, and it is at /<name>."""

    name: str
    title: str
    icon: str

    @property
    def file(self) -> str:
        """As Streamlit's links name it."""
        return f"pages/{self.name}.py"


CONTENTS = {
    "Understand": (
        Entry("activations", "Activations", "show_chart"),
        Entry("losses", "Losses", "straighten"),
        Entry("descent", "Gradient descent", "terrain"),
        Entry("regression", "Linear regression", "scatter_plot"),
        Entry("backprop", "Backpropagation", "account_tree"),
        Entry("playground", "Playground", "hub"),
    ),
    "Train and use": (
        Entry("train", "Train", "model_training"),
        Entry("recurrent", "Recurrent networks", "replay"),
        Entry("autoencoder", "Autoencoders", "compress"),
        Entry("draw", "Draw", "draw"),
    ),
}


def entries() -> tuple[Entry, ...]:
    """All of them, one after the other."""
    return tuple(entry for part in CONTENTS.values() for entry in part)
