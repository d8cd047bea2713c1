"""Every case on the GPU, in processes of their own.

Several of them compile at once, which takes longer than all else; and a kernel that reads where it must not takes its process
along, not the check.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kernels.cuda.report import LayerName, Result, Row

ROOT = Path(__file__).parents[2]
BLOCK = 128
"""The largest tile on a GPU: the cases are made for it."""
ROOM = 4 << 30
"""Bytes of the GPU's memory for each process."""
PATIENCE = 900.0
"""Seconds after which a process is given up."""
QUICK = "square", "causal", "fewer queries than keys", "queries without keys", "one query", "grouped heads, causal", "large scores"
"""The cases of a quick run, by name."""

Found = tuple[list[Row], list[tuple[LayerName, str, str]]]
"""Rows, and refusals as layer, candidate and reason."""


def on_gpu(names: Sequence[str], candidates: Sequence[str], memory: int) -> Found:
    """Every candidate on the cases of these names, ``name-dtype``, on the first GPU.

    Args:
        memory: of the GPU, in bytes.
    """
    workers = max(1, min(8, memory // ROOM, os.cpu_count() or 1, len(names)))
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda share: run(share, candidates), [names[start::workers] for start in range(workers)]))
    rows = [row for rows, _ in found for row in rows]
    rows.sort(key=lambda row: (candidates.index(row.candidate), names.index(f"{row.case}-{row.dtype}")))
    return rows, [one for _, refused in found for one in refused]


def run(names: Sequence[str], candidates: Sequence[str], device: str = "cuda") -> Found:
    """One process; what it did not come to is a fault."""
    command = [sys.executable, "-m", "kernels.cuda.device", device, *candidates, "--", *names]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
        output, last = done.stdout, (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    except subprocess.TimeoutExpired as late:
        output, last = _text(late.stdout), f"no answer after {PATIENCE:.0f} s"
    rows: list[Row] = []
    refused: list[tuple[LayerName, str, str]] = []
    seen = set()
    for line in output.splitlines():
        if not line.startswith("{"):
            continue
        said = json.loads(line)
        seen.add((said["candidate"], said["key"]))
        if "refused" in said:
            refused.append(("gpu", said["candidate"], said["refused"]))
        else:
            rows.append(revived(said["row"]))
    for name in names:
        case, _, dtype = name.rpartition("-")
        rows += [Row("gpu", one, case, dtype, (), f"not run: {last}"[:200]) for one in candidates if (one, name) not in seen]
    return rows, refused


def revived(data: dict[str, Any]) -> Row:
    """A row from what ``asdict`` made of it."""
    return Row(**{**data, "results": tuple(Result(**one) for one in data["results"])})


def _text(output: str | bytes | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def main(arguments: list[str]) -> None:
    """Print a line of JSON for each candidate and case."""
    import torch

    from kernels.cuda.candidates import Refused, judge
    from kernels.cuda.cases import traps

    torch.set_num_threads(1)
    cases = {str(case): case for case in traps(BLOCK)}
    device, split = arguments[0], arguments.index("--")
    for name in arguments[split + 1 :]:
        for candidate in arguments[1:split]:
            said: dict[str, Any] = {"candidate": candidate, "key": name}
            try:
                row = judge("gpu", candidate, cases[name], device)
                said["row"] = asdict(row)
            except Refused as why:
                row, said["refused"] = None, str(why)
            print(json.dumps(said), flush=True)
            if row is not None and "CUDA error" in row.fault:
                raise SystemExit(row.fault)  # after it nothing can be trusted in this process
        if device == "cuda":
            torch.cuda.empty_cache()


if __name__ == "__main__":
    main(sys.argv[1:])
