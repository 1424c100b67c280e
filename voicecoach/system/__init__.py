"""The machine under the program: files, caches, locks, processes, memory and signals."""
