"""Every listing on a card is run: a function against the reference kernel, a few lines against what they should make."""
