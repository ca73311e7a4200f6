"""How much memory a guest needs for its kernel to count a certain MemTotal.

Measured with Debian 12's kernel 6.1 on QEMU's q35 machine, from 512 MiB to 128 GiB; the same at every boot, to the KiB.
Linux describes memory in sections of 128 MiB, 2 MiB for each (CONFIG_SPARSEMEM_VMEMMAP). Beside them it keeps itself,
hash tables that double with the memory, a bounce buffer of 64 MiB (swiotlb) from where memory goes beyond 4 GiB of
addresses, and the page tables of its own map, 4 KiB for each GiB.
"""

_SECTION = 128 * 1024  # KiB, as all that follows
_SECTION_KEEPS = 2048
_GIB = 1024 * 1024
_GIB_KEEPS = 4.6
_CPU_KEEPS = 244  # each beyond the second, whose share is in the table
# A guest of at most so much memory → what the kernel keeps beside sections and page tables. The tables double where the
# memory without its description passes a power of two; QEMU parts the memory, for the sake of PCI, from 2816 MiB on.
_STEPS: tuple[tuple[float, int], ...] = (
    (512 * 1024 * 64 / 63, 35078),
    (1024 * 1024 * 64 / 63, 35843),
    (2048 * 1024 * 64 / 63, 37375),
    (2816 * 1024 - 1, 40447),
    (4096 * 1024 * 64 / 63, 106752),
    (8192 * 1024 * 64 / 63, 112884),
    (16384 * 1024 * 64 / 63, 125146),
    (32768 * 1024 * 64 / 63, 149712),
    (float("inf"), 198870),
)
_STEP = 8  # QEMU rounds a machine's memory to as much
_UNSURE = 3 * 1024  # how near to a step it is not known on which side of it the kernel is


def find_size_kib(mem_total_mib: int, cpus: int) -> int:
    """Return the least memory (KiB) of a guest whose MemTotal is `mem_total_mib` and about half a MiB.

    ValueError where no size gives that, which is so for a few MiB before a step.
    """
    from_kib = 0.0
    for up_to_kib, keeps in _STEPS:
        size = _grow((mem_total_mib * 1024 + 512), keeps + _CPU_KEEPS * (cpus - 2))
        if from_kib <= size <= up_to_kib - _UNSURE:
            return size
        from_kib = up_to_kib + _UNSURE
    raise ValueError(f"no guest has {mem_total_mib} MiB by its kernel's count")


def _grow(mem_total_kib: int, keeps: int) -> int:
    size = mem_total_kib
    while (needed := _add_kept(mem_total_kib, keeps, size)) != size:
        size = needed
    return size


def _add_kept(mem_total_kib: int, keeps: int, size: int) -> int:
    kept = keeps + -(-size // _SECTION) * _SECTION_KEEPS + size / _GIB * _GIB_KEEPS
    return round((mem_total_kib + kept) / _STEP) * _STEP
