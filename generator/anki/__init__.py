"""Notes -> an ``.apkg`` that Anki imports: the note types, the lock, the package."""
