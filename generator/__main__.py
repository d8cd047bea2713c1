"""``python -m generator`` is ``redraw``."""

from generator.cli import main

main()
