"""The routine language: reading, checking and explaining the files that people write."""
