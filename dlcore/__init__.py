"""The PyTorch core: data, models, training, runs and ink. It knows no screen.

Importing this package imports no torch; the modules that compute do.
"""

__version__ = "0.1.0"
