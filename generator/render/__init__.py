"""Cards -> the fields of notes."""

from generator.render.media import Media
from generator.render.notes import Renderer

__all__ = ["Media", "Renderer"]
