"""Tests of the attention kernel: interpreted on the CPU and compiled for a GPU that need not be there."""
