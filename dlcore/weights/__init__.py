"""Weights that come with the project, each with its card."""

from importlib import resources


def shipped(name: str) -> bytes | None:
    """The safetensors file of the network called `name`; None if there is none."""
    wanted = f"{name}.safetensors"
    found = (each for each in resources.files(__name__).iterdir() if each.name == wanted)
    return next((each.read_bytes() for each in found), None)
