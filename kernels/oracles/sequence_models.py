"""Second ways to the kernels of recurrent networks."""

from typing import Any

import numpy as np

from kernels.oracles.registry import oracle


@oracle("rnn_jacobian_product", needs=("mpmath",), steps=lambda W, hs: len(hs))
def rnn_jacobian_product_mpmath(W: Any, hs: Any) -> dict[str, Any]:
    """With 40 digits, from the last step back, row by row; the norm as the root of the Gram matrix's largest eigenvalue."""
    import mpmath

    with mpmath.workdps(40):
        weights = mpmath.matrix([[float(entry) for entry in row] for row in W])
        size, norms = weights.rows, []
        for t in range(1, len(hs) + 1):
            rows = mpmath.matrix(size, size)
            for i in range(size):
                v = mpmath.zeros(1, size)
                v[i] = mpmath.mpf(1)
                for h in reversed(hs[:t]):
                    v = mpmath.matrix([[v[j] * (1 - mpmath.mpf(float(h[j])) ** 2) for j in range(size)]]) * weights
                rows[i, :] = v
            norms.append(float(mpmath.sqrt(max(0, *mpmath.eigsy(rows * rows.T, eigvals_only=True)))))
        return {"norms": norms}


def _open(W: Any, hs: Any) -> bool:
    """Whether tanh reaches the states and is not so flat there that its derivative 1 - tanh² is mostly rounding."""
    return bool(np.max(np.abs(hs)) <= 0.9)


@oracle("rnn_jacobian_product", needs=("torch",), steps=lambda W, hs: len(hs), applies=_open)
def rnn_jacobian_product_torch(W: Any, hs: Any) -> dict[str, Any]:
    """``torch.autograd`` through an unrolled RNN whose inputs are chosen so that it passes through the given states.

    A step's input is what W h lacks to atanh of the next state, written so that W h cancels exactly and only its gradient stays.
    """
    import torch

    weights, states = (torch.tensor(np.asarray(side, dtype=np.float64)) for side in (W, hs))
    start = torch.zeros(len(weights), dtype=torch.float64, requires_grad=True)
    h, norms = start, []
    for state in states:
        recurrent = weights @ h
        h = torch.tanh(recurrent - recurrent.detach() + torch.atanh(state))
        rows = [torch.autograd.grad(entry, start, retain_graph=True)[0] for entry in h]
        norms.append(float(torch.linalg.matrix_norm(torch.stack(rows), ord=2)))
    return {"norms": norms}


@oracle("lstm_cell_step", needs=("mpmath",))
def lstm_cell_step_mpmath(x: Any, h: Any, c: Any, W_ih: Any, W_hh: Any, b: Any) -> dict[str, Any]:
    """Unit by unit with 40 digits, each gate as 1/(1 + exp(-z)), which overflows nowhere in mpmath."""
    import mpmath

    n = len(h)
    with mpmath.workdps(40):

        def z(row: int) -> Any:
            terms = [mpmath.mpf(float(b[row]))]
            terms += [mpmath.mpf(float(w)) * mpmath.mpf(float(v)) for w, v in zip(W_ih[row], x, strict=True)]
            terms += [mpmath.mpf(float(w)) * mpmath.mpf(float(v)) for w, v in zip(W_hh[row], h, strict=True)]
            return mpmath.fsum(terms)

        def gate(row: int) -> Any:
            return 1 / (1 + mpmath.exp(-z(row)))

        units: dict[str, list[float]] = {name: [] for name in ("i", "f", "g", "o", "c_new", "h_new")}
        for j in range(n):
            i, f, g, o = gate(j), gate(n + j), mpmath.tanh(z(2 * n + j)), gate(3 * n + j)
            cell = f * mpmath.mpf(float(c[j])) + i * g
            for name, entry in zip(units, (i, f, g, o, cell, o * mpmath.tanh(cell)), strict=True):
                units[name].append(float(entry))
        return units


@oracle("lstm_cell_step", needs=("torch",))
def lstm_cell_step_torch(x: Any, h: Any, c: Any, W_ih: Any, W_hh: Any, b: Any) -> dict[str, Any]:
    """``torch.nn.LSTMCell`` with the same weights, its second bias 0."""
    import torch

    tx, th, tc, t_ih, t_hh, tb = (torch.tensor(np.asarray(side, dtype=np.float64)) for side in (x, h, c, W_ih, W_hh, b))
    cell = torch.nn.LSTMCell(len(tx), len(th), dtype=torch.float64)
    cell.load_state_dict({"weight_ih": t_ih, "weight_hh": t_hh, "bias_ih": tb, "bias_hh": torch.zeros_like(tb)})
    with torch.no_grad():
        h_new, c_new = cell(tx, (th, tc))
    return {"c_new": c_new.numpy(), "h_new": h_new.numpy()}
