"""The program: sessions made and checked, settings, playing, and the command line."""
