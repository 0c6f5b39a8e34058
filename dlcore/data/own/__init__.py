"""Images of one's own: read from a ZIP, a CSV or drawings, turned into 28×28 grey, kept as one file. No torch."""

FILE = "images.safetensors"
"""The name under which a run's page offers its images, and its script reads them."""
