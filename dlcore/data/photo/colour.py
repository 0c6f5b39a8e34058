"""Ink and paper of one brightness and two colours."""

import numpy as np

from dlcore.data.levels import LUMA, flat


def grey(pixels: np.ndarray) -> tuple[np.ndarray, bool]:
    """Brightness, or the colour that varies most where brightness tells little; and whether it is colour.

    pixels: uint8 (H, W), (H, W, 3) or (H, W, 4) → float32 (H, W) in 0…255
    """
    if pixels.ndim == 2 or _is_grey(pixels):
        return flat(pixels, LUMA), False
    plain = flat(pixels, LUMA)
    coloured = pixels[..., :3].reshape(-1, 3).astype(np.float32)
    if pixels.shape[2] == 4:
        coloured = coloured[pixels[..., 3].reshape(-1) > 127]
    if len(coloured) < 2:
        return plain, False
    spread, axes = np.linalg.eigh(np.cov(coloured[:: max(1, len(coloured) // 20_000)].T))
    if spread[-1] < 16 or np.var(plain) > 0.15 * spread[-1]:
        return plain, False
    light = flat(pixels, axes[:, -1].astype(np.float32))
    low, high = light.min(), light.max()
    return ((light - low) * (255 / max(high - low, 1e-6))).astype(np.float32), True


def _is_grey(pixels: np.ndarray) -> bool:
    return np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 0], pixels[..., 2])
