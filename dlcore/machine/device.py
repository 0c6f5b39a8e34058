"""Where tensors live: auto → CUDA → MPS → CPU, and what each can do."""

import ctypes
import functools
import platform
from dataclasses import dataclass

import torch

from dlcore.errors import InvalidValue
from dlcore.machine import DEVICES


@dataclass(frozen=True)
class Device:
    """A device in words, for badges and cards.

    kind: cuda, mps or cpu
    name: as the vendor calls it
    bf16: whether bfloat16 arithmetic is fast there
    threads: CPU threads that torch uses
    """

    kind: str
    name: str
    bf16: bool
    threads: int


def resolve(name: str = "auto") -> torch.device:
    """The torch device called `name`; `auto` takes the best there is. InvalidValue if it is missing here."""
    if name not in DEVICES:
        raise InvalidValue(f"device must be one of {', '.join(DEVICES)}, got {name!r}")
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    if not available[name]:
        raise InvalidValue(f"device {name!r} is not available on this machine: try 'auto' or 'cpu'")
    return torch.device(name)


def describe(name: str = "auto") -> Device:
    """What the device that `name` resolves to is called and can do."""
    device = resolve(name)
    title = torch.cuda.get_device_name(device) if device.type == "cuda" else processor_name()
    return Device(device.type, title, fast_bf16(device), torch.get_num_threads())


def fast_bf16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 matrices in hardware."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and bool(cpu_features() & {"avx512_bf16", "amx_bf16"})


@functools.cache
def cpu_features() -> frozenset[str]:
    """The processor's feature flags, empty where the system does not list them."""
    return frozenset(_cpuinfo("flags").split())


@functools.cache
def processor_name() -> str:
    """The processor's name as the system gives it."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _cpuinfo(key: str) -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
    except OSError:
        return ""


def keep_freed_memory() -> None:
    """Let glibc keep freed buffers instead of returning them to the kernel at every step.

    Activations of a few hundred kB are otherwise mapped anew, page by page, in each forward pass.
    Elsewhere than on glibc this does nothing. See mallopt(3).
    """
    if platform.libc_ver()[0] != "glibc":
        return
    m_trim_threshold, m_mmap_threshold, one_gib = -1, -3, 1 << 30
    libc = ctypes.CDLL(None)
    libc.mallopt(m_mmap_threshold, one_gib)
    libc.mallopt(m_trim_threshold, one_gib)
