"""Markdown questions and answers in, Anki decks out: a one-way pipeline, read -> draw -> prove -> render -> package."""
