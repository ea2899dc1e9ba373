"""Kernels of one run computed in parts: what will be asked for, how it is cut, and how it comes together."""
