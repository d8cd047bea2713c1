"""A check of the tests: bugs are seeded into the kernels, and the tests must catch every one. ``make mutants`` runs it."""
