"""The gradient of attention: differences of the kernel against the derivatives of torch and of sympy."""

from typing import Any

import numpy as np
import sympy
import torch

import kernels
from kernels.oracles.agreement import bound

ARGUMENTS: dict[str, Any] = {
    "Q": np.array([[0.5, -1.0]]),
    "K": np.array([[1.0, 0.25], [-0.5, 0.75], [0.25, 1.5]]),
    "V": np.array([[1.0], [-2.0], [3.0]]),
}
STEP = 2.0**-12


def symbolic_loss() -> tuple[Any, dict[str, Any], dict[Any, Any]]:
    """The output for one query by the formula, the symbols of each argument, and the point."""
    matrices = {name: sympy.Matrix(*rows.shape, sympy.symbols(f"{name}:{rows.size}")) for name, rows in ARGUMENTS.items()}
    scores = [matrices["K"][row, :].dot(matrices["Q"][0, :]) / sympy.sqrt(2) for row in range(3)]
    weights = [sympy.exp(score) for score in scores]
    loss = sum(weight * matrices["V"][row, 0] for row, weight in enumerate(weights)) / sum(weights)
    entries = [(matrices[name], rows.ravel().tolist()) for name, rows in ARGUMENTS.items()]
    point = {symbol: sympy.Rational(value) for symbols, values in entries for symbol, value in zip(symbols, values, strict=True)}
    return loss, matrices, point


def test_attention_changes_with_its_arguments_as_torch_and_sympy_say() -> None:
    """Central differences are off by at most h^2 / 6 times the third derivative nearby, for which sympy's at the point is doubled,
    plus twice the rounding of the kernel over 2 h.
    """
    kernel = kernels.get("scaled_dot_product_attention")
    loss, matrices, point = symbolic_loss()
    tensors = {name: torch.tensor(rows, requires_grad=True) for name, rows in ARGUMENTS.items()}
    torch.nn.functional.scaled_dot_product_attention(tensors["Q"], tensors["K"], tensors["V"]).sum().backward()
    rounding = 2 * float(np.max(bound(kernel, ARGUMENTS)["out"])) / (2 * STEP)
    for name, matrix in matrices.items():
        for index, symbol in enumerate(matrix):
            place = np.unravel_index(index, ARGUMENTS[name].shape)
            ends = []
            for step in (STEP, -STEP):
                moved = {**ARGUMENTS, name: ARGUMENTS[name].copy()}
                moved[name][place] += step
                ends.append(float(kernel(**moved).out[0, 0]))
            difference = (ends[0] - ends[1]) / (2 * STEP)
            first, third = (float(sympy.diff(loss, symbol, order).subs(point).evalf(30)) for order in (1, 3))
            allowed = STEP**2 / 6 * 2 * abs(third) + rounding
            assert abs(difference - first) <= allowed
            assert abs(difference - float(tensors[name].grad[place])) <= allowed  # type: ignore[index]
            assert allowed < 1e-6 < abs(first)  # the test could fail
