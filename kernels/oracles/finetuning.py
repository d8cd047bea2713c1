"""Second ways to the kernels of low-rank adaptation."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import at_most, oracle

Rows = list[list[Fraction]]


def _exact(matrix: Any) -> Rows:
    return [[Fraction(float(entry)) for entry in row] for row in matrix]


def _times(A: Rows, B: Rows) -> Rows:
    return [[sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in zip(*B, strict=True)] for row in A]


def _floats(A: Rows) -> list[list[float]]:
    return [[float(entry) for entry in row] for row in A]


@oracle("lora_param_count", applies=at_most(100_000, "d_out", "d_in", "r", "n_matrices", "clients", "rounds"))
def lora_param_count_shapes(
    d_out: int,
    d_in: int,
    r: int,
    n_matrices: int = 1,
    bytes_per: int = 2,
    clients: int = 1,
    rounds: int = 1,
    both_ways: bool = False,
) -> dict[str, Any]:
    """Stack the matrices, one number of memory seen in every place, and ask numpy for the sizes; likewise the messages."""

    def places(*shape: int) -> int:
        return int(np.broadcast_to(np.uint8(0), shape).size)

    lora = places(n_matrices, r, d_in) + places(n_matrices, d_out, r)
    full = places(n_matrices, d_out, d_in)
    sent = places(rounds, clients, 2 if both_ways else 1) * lora * bytes_per
    return {"lora": lora, "full": full, "ratio": float(Fraction(lora, full)), "comm_bytes": sent}


@oracle("lora_param_count", needs=("torch",))
def lora_param_count_torch(d_out: int, d_in: int, r: int, n_matrices: int = 1, **_: Any) -> dict[str, int]:
    """The trainable parameters of as many pairs of ``torch.nn.Linear``, beside the frozen ones."""
    import torch

    def numel(*layers: torch.nn.Linear) -> int:
        return sum(layer.weight.numel() for layer in layers)

    down, up = torch.nn.Linear(d_in, r, bias=False), torch.nn.Linear(r, d_out, bias=False)
    return {"lora": n_matrices * numel(down, up), "full": n_matrices * numel(torch.nn.Linear(d_in, d_out, bias=False))}


@oracle("lora_forward")
def lora_forward_exact(x: Any, W: Any, A: Any, B: Any, alpha: float, rs: bool = False) -> dict[str, Any]:
    """Merge first, in exact fractions, and send x through the merged weights alone."""
    with localcontext(prec=50):
        divisor = Fraction(Decimal(len(A)).sqrt()) if rs else Fraction(len(A))
    s = Fraction(float(alpha)) / divisor
    update = _times(_exact(B), _exact(A))
    merged = [[w + s * u for w, u in zip(*rows, strict=True)] for rows in zip(_exact(W), update, strict=True)]
    y = _times(_exact(x), [list(column) for column in zip(*merged, strict=True)])
    return {"y": _floats(y), "merged_W": _floats(merged), "scale": float(s)}


@oracle("lora_forward", needs=("torch",))
def lora_forward_torch(x: Any, W: Any, A: Any, B: Any, alpha: float, rs: bool = False) -> dict[str, Any]:
    """``torch.addmm`` merges, ``torch.nn.functional.linear`` applies."""
    import torch

    tx, tW, tA, tB = (torch.tensor(np.asarray(side, dtype=np.float64)) for side in (x, W, A, B))
    scale = alpha / len(A) ** (0.5 if rs else 1)
    merged = torch.addmm(tW, tB, tA, alpha=scale)
    return {"y": torch.nn.functional.linear(tx, merged).numpy(), "merged_W": merged.numpy(), "scale": scale}


@oracle("lora_backward")
def lora_backward_differences(x: Any, g: Any, A: Any, B: Any, alpha: float) -> dict[str, Any]:
    """The loss g·y is linear in each entry of A and of B: its change when that entry grows by 1 is the derivative, exactly."""
    down, up = _exact(A), _exact(B)
    column = [[Fraction(float(entry))] for entry in x]
    row = [[Fraction(float(entry)) for entry in g]]

    def loss(A: Rows, B: Rows) -> Fraction:
        return Fraction(float(alpha)) / len(A) * _times(row, _times(B, _times(A, column)))[0][0]

    def grown(M: Rows, at: tuple[int, int]) -> Rows:
        return [[entry + ((i, j) == at) for j, entry in enumerate(line)] for i, line in enumerate(M)]

    here = loss(down, up)
    dA = [[loss(grown(down, (i, j)), up) - here for j in range(len(down[0]))] for i in range(len(down))]
    dB = [[loss(down, grown(up, (i, j))) - here for j in range(len(up[0]))] for i in range(len(up))]
    return {"dA": _floats(dA), "dB": _floats(dB)}


@oracle("lora_backward", needs=("torch",))
def lora_backward_torch(x: Any, g: Any, A: Any, B: Any, alpha: float) -> dict[str, Any]:
    """``torch.autograd`` through the layer, with g as the incoming gradient."""
    import torch

    tx, tg, tA, tB = (torch.tensor(np.asarray(side, dtype=np.float64)) for side in (x, g, A, B))
    y = alpha / len(tA) * tB.requires_grad_() @ (tA.requires_grad_() @ tx)
    dA, dB = torch.autograd.grad(y, (tA, tB), grad_outputs=tg)
    return {"dA": dA.numpy(), "dB": dB.numpy()}


def _mean(stack: list[Rows]) -> Rows:
    return [[sum(entries, Fraction(0)) / len(stack) for entries in zip(*rows, strict=True)] for rows in zip(*stack, strict=True)]


def _rank(A: Rows) -> int:
    """Gaussian elimination: a column with an entry counts, and its row leaves; then the next column."""
    if not A or not A[0]:
        return 0
    pivot = next((row for row in A if row[0]), None)
    if pivot is None:
        return _rank([row[1:] for row in A])
    others = [row for row in A if row is not pivot]
    return 1 + _rank([[a - row[0] / pivot[0] * b for a, b in zip(row[1:], pivot[1:], strict=True)] for row in others])


def _quarters(Bs: Any, As: Any) -> bool:
    """Whether all entries are multiples of 1/4, so that no singular value lies in the twilight between 0 and rounding."""
    return all(np.array_equal(np.asarray(stack) * 4, np.rint(np.asarray(stack) * 4)) for stack in (Bs, As))


def _terms(Bs: Any, As: Any) -> float:
    """The two sides may cancel in the gap: the size of the products that are subtracted there."""
    return float(np.max([np.linalg.norm(B) for B in Bs]) * np.max([np.linalg.norm(A) for A in As]))


@oracle("lora_federated_gap", scale=_terms)
def lora_federated_gap_covariance(Bs: Any, As: Any) -> dict[str, Any]:
    """In fractions; the gap as the norm of the covariance, the mean of (B_i - mean B)(A_i - mean A), which it equals."""
    exact_B, exact_A = [_exact(B) for B in Bs], [_exact(A) for A in As]
    mean_B, mean_A = _mean(exact_B), _mean(exact_A)

    def minus(M: Rows, N: Rows) -> Rows:
        return [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(M, N, strict=True)]

    covariance = _mean([_times(minus(B, mean_B), minus(A, mean_A)) for B, A in zip(exact_B, exact_A, strict=True)])
    products = _mean([_times(B, A) for B, A in zip(exact_B, exact_A, strict=True)])
    with localcontext(prec=50):
        square = sum((entry * entry for row in covariance for entry in row), Fraction(0))
        gap = float((Decimal(square.numerator) / Decimal(square.denominator)).sqrt())
    return {"avg_product": _floats(products), "product_of_avgs": _floats(_times(mean_B, mean_A)), "fro_gap": gap}


@oracle("lora_federated_gap", applies=_quarters)
def lora_federated_gap_rank(Bs: Any, As: Any) -> dict[str, Any]:
    """The rank by Gaussian elimination in fractions, of entries that are multiples of 1/4."""
    return {"rank_avg": _rank(_mean([_times(_exact(B), _exact(A)) for B, A in zip(Bs, As, strict=True)]))}


@oracle("lora_federated_gap", needs=("torch",), scale=_terms)
def lora_federated_gap_torch(Bs: Any, As: Any) -> dict[str, Any]:
    """``torch.einsum`` sums over clients and rank at once; ``torch.dist`` measures the gap."""
    import torch

    tB, tA = (torch.tensor(np.asarray(side, dtype=np.float64)) for side in (Bs, As))
    average = torch.einsum("ndr,nrk->dk", tB, tA) / len(tB)
    crossed = torch.einsum("ndr,mrk->dk", tB, tA) / len(tB) ** 2
    return {"avg_product": average.numpy(), "product_of_avgs": crossed.numpy(), "fro_gap": float(torch.dist(average, crossed))}
