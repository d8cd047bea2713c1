"""The kernels on the CPU: every case through Triton's interpreter, in a process of its own.

Triton decides when a kernel is defined whether it will be interpreted, so the process that asks stays as it is.
"""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kernels.cuda.bounds import Measured


ROOT = Path(__file__).parents[2]


def interpreted(cases: Iterable[str], *, first: bool = False, tree: Path | None = None) -> list["Measured"]:
    """Forward and backward of the named cases of ``cases.CASES`` under the interpreter.

    Args:
        cases: their names.
        first: whether to stop at the first case that breaks its bound.
        tree: the folder that holds the package ``kernels`` to run; None is wherever this one was found.

    Raises:
        RuntimeError: the kernel could not be run; the message is what the process said.
    """
    from kernels.cuda.bounds import Measured

    command = [sys.executable, "-m", "kernels.cuda.interpret", *(["--first"] if first else []), *cases]
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    process = subprocess.run(command, cwd=tree or ROOT, env=environment, capture_output=True, text=True)
    if process.returncode:
        raise RuntimeError(process.stderr[-2000:])
    return [Measured(**one) for one in json.loads(process.stdout)]


def main(arguments: list[str]) -> None:
    """Print what was measured, as JSON."""
    import torch

    from kernels.cuda.backward import flash_attention
    from kernels.cuda.bounds import measure, nan_first
    from kernels.cuda.cases import CASES

    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="triton")  # numpy says that log2(0) is -inf
    first, names = "--first" in arguments, [name for name in arguments if name != "--first"]
    measured = []
    for name in names:
        case, inputs = CASES[name], CASES[name].inputs()
        leaves = [inputs[leaf].detach().requires_grad_() for leaf in "qkv"]
        with nan_first():
            out, lse = flash_attention(*leaves, **case.rule)
            dq, dk, dv = torch.autograd.grad(out, leaves, inputs["dout"])
        results = {"out": out.detach(), "lse": lse, "dq": dq, "dk": dk, "dv": dv}
        found = measure(case, inputs, results)
        measured += [asdict(one) for one in found]
        if first and not all(one.holds for one in found):
            break
    print(json.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1:])
