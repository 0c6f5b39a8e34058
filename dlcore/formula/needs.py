"""What has to be installed for a script, as one sentence that every script has at its top. No torch in here."""

from collections.abc import Iterable

INSTALLED = "pip install . in the folder of dlcore's source, which has a pyproject.toml"


def sentence(packages: Iterable[str], file: str = "") -> str:
    """How to install these packages, by the names that pip knows; what dlcore needs comes with it.

    file: one that the script reads from the folder in which it is run, if there is one

    >>> sentence(["torch", "numpy"])
    'Install first: pip install torch numpy. Then it runs from any folder.'
    """
    names = list(packages)
    command = INSTALLED if "dlcore" in names else f"pip install {' '.join(names)}"
    return f"Install first: {command}. Then it runs from {f'the folder that holds {file}' if file else 'any folder'}."
