"""What holds for all tests."""

from hypothesis import settings

# A busy machine takes its time: no test says how long one example may take.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
