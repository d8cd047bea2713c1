"""Tiled attention on a GPU, in Triton: a forward and a backward pass, and what is needed to hold them against float64.

Nothing here is imported by ``kernels``: torch and triton are an extra, ``pip install redraw[gpu]``.
"""
