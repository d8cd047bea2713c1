"""Random arguments for the kernels of optimization."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, plain, positive, vectors

rates = st.one_of(st.sampled_from([0.01, 0.1]), st.floats(1e-4, 1))
betas = st.one_of(st.sampled_from([0.0, 0.5, 0.9, 0.999]), st.floats(0, 0.999))
gradients = st.one_of(plain, extreme, st.floats(1e-6, 1e-3))
adam = {
    "beta1": betas,
    "beta2": betas,
    "eps": st.sampled_from([1e-8, 1e-6, 0.1]),
    "weight_decay": st.sampled_from([0.0, 0.01, 0.1, 1.0]),
    "decoupled": st.booleans(),
}


def away_from_the_border(arguments: dict[str, Any]) -> bool:
    """Whether rounding cannot turn the verdict: lr is not within a billionth of 2 / lambda_max."""
    return bool(abs(arguments["lr"] * arguments["eigs"].max() / 2 - 1) > 1e-9)


shapes = st.sampled_from([(), (1,), (3,), (2, 2)])


def arrays(shape: tuple[int, ...]) -> st.SearchStrategy[Any]:
    """Numbers as such, arrays of any shape."""
    if not shape:
        return gradients
    return vectors(int(np.prod(shape)), gradients).map(lambda v: v.reshape(shape))


@st.composite
def schedules(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["linear", "linear_cosine", "noam"]))
    warmup, total = draw(st.integers(0, 20)), draw(st.integers(1, 40))
    arguments: dict[str, Any] = {"step": draw(st.integers(int(kind == "noam"), total)), "warmup": warmup, "kind": kind}
    if kind == "noam":
        return {**arguments, "d_model": draw(st.sampled_from([1, 256, 512, 1000]))}
    base = draw(st.one_of(st.sampled_from([1e-4, 1e-3]), st.floats(1e-5, 1)))
    arguments = {**arguments, "base_lr": base}
    if kind == "linear":
        return {**arguments, **draw(st.sampled_from([{}, {"total": total}]))}
    return {**arguments, "total": total, **draw(st.sampled_from([{}, {"min_lr": 0.0}, {"min_lr": base / 10}]))}


INPUTS = {
    "gradient_descent_1d_trace": st.fixed_dictionaries(
        {"w0": plain, "x": plain, "y": plain, "lr": rates, "steps": st.integers(1, 6)}
    ),
    "gd_quadratic_stability": st.fixed_dictionaries(
        {"eigs": st.integers(1, 4).flatmap(lambda n: vectors(n, positive)), "lr": st.floats(1e-4, 3)}
    ).filter(away_from_the_border),
    "sgd_momentum_step": shapes.flatmap(
        lambda shape: st.fixed_dictionaries(
            {"w": arrays(shape), "g": arrays(shape), "v": arrays(shape), "lr": rates, "beta": betas},
            optional={"nesterov": st.booleans()},
        )
    ),
    "adam_step": st.fixed_dictionaries(
        {
            "w": plain,
            "g": gradients,
            "m": gradients,
            "v": st.one_of(st.just(0.0), positive),
            "t": st.one_of(st.integers(1, 10), st.just(1000)),
            "lr": rates,
        },
        optional=adam,
    ),
    "adam_trace": st.fixed_dictionaries(
        {"w0": plain, "grads": st.integers(1, 4).flatmap(lambda n: vectors(n, gradients)), "lr": rates}, optional=adam
    ),
    "clip_by_norm": st.fixed_dictionaries(
        {
            "g": st.integers(1, 5).flatmap(lambda n: vectors(n, gradients)),
            "c": st.one_of(st.sampled_from([0.5, 1.0, 5.0]), positive),
        }
    ),
    "clip_by_value": st.fixed_dictionaries(
        {
            "g": st.integers(1, 5).flatmap(lambda n: vectors(n, gradients)),
            "c": st.one_of(st.sampled_from([0.5, 1.0, 5.0]), positive),
        }
    ),
    "warmup_lr": schedules(),
}
