"""Exact answers that are known beforehand: the kernel must give them up to what rounding explains."""

from typing import Any

import kernels
from kernels import oracles


def assert_gives(name: str, wanted: Any, *, scale: float = 0, **arguments: Any) -> None:
    """The kernel gives ``wanted`` for the arguments, within the bound of ``kernels.oracles.agreement``.

    ``scale`` is the absolute size of terms that cancel on the way. Of a record it is enough to name some fields.
    """

    def known(**_: Any) -> Any:
        return wanted

    oracle = oracles.Oracle(name, known, (), lambda **_: 1, lambda **_: scale, None, lambda **_: True)
    oracles.agree(kernels.get(name), oracle, arguments)
