"""Markdown -> cards."""

from generator.source.reader import read

__all__ = ["read"]
