"""Pictures that travel within a page, as addresses of their own data. No streamlit in here."""

import base64
import io
from typing import Any

from PIL import Image


def address(image: Image.Image, **how: Any) -> str:
    """A data address of the picture as a PNG. how: Pillow's options for saving it"""
    out = io.BytesIO()
    image.save(out, "PNG", **how)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
