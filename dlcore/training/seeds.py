"""Random numbers that depend on the seed and the step alone."""

import torch


def mix(seed: int, step: int) -> int:
    """A seed of its own for every step (the finalizer of MurmurHash3, on 64 bits)."""
    value = (seed * 0x9E3779B97F4A7C15 + step) & 0xFFFFFFFFFFFFFFFF
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53)):
        value = ((value ^ (value >> shift)) * factor) & 0xFFFFFFFFFFFFFFFF
    return value >> 1


def seed_default(where: torch.device, seed: int) -> None:
    """Seed torch's default generator of one device; torch.manual_seed would seed those of all devices."""
    if where.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif where.type == "mps":
        torch.mps.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)
