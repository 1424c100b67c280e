"""The machine under the program: files, caches, locks, processes, memory and signals."""

__all__ = [
    "assets",
    "cache",
    "drafts",
    "file_names",
    "folders",
    "heard",
    "installers",
    "locks",
    "lru",
    "memory",
    "parallel",
    "plain_files",
    "prepared",
    "process",
    "signals",
    "streams",
    "timings",
]
