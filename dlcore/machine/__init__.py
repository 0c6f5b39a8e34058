"""Devices, cores, folders and files of the machine."""

DEVICES = ("auto", "cuda", "mps", "cpu")
"""Where tensors may live; `auto` takes the best that there is."""
