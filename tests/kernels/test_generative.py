"""The kernels of diffusion and of variational autoencoders: edge cases, refusals, invariants, gradients."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from kernels import get
from kernels.generative import ddpm_alpha_bar, ddpm_forward_moments, gaussian_kl_standard_normal, vae_reparameterize
from kernels.oracles.agreement import bound, gamma
from tests.kernels.inputs.generative import INPUTS, jumps, schedules

steady = settings(derandomize=True, database=None, max_examples=50)


def test_the_linear_schedule_of_ddpm_ends_at_4e_5() -> None:
    found = ddpm_alpha_bar(np.linspace(1e-4, 0.02, 1000))
    assert f"{found.alpha_bar[-1]:.4e}" == "4.0358e-05"


@steady
@given(betas=schedules)
def test_signal_only_fades(betas: Any) -> None:
    found = ddpm_alpha_bar(betas)
    assert (np.diff(found.alpha_bar) < 0).all()
    assert (np.diff(found.snr) < 0).all()
    assert found.alpha_bar[0] == pytest.approx(found.alpha[0], rel=gamma(4), abs=0)


def test_a_tiny_first_beta_keeps_its_ratio() -> None:
    """1/1e-18 - 1; with 1 - alpha_bar it would be a division by 0."""
    assert ddpm_alpha_bar([1e-18]).snr[0] == pytest.approx(1e18, rel=gamma(4), abs=0)


@pytest.mark.parametrize("beta", [0, 1, -0.1, 1.5])
def test_betas_refused(beta: float) -> None:
    with pytest.raises(ValueError, match="betas must be greater than 0 and less than 1"):
        ddpm_alpha_bar([0.1, beta])
    with pytest.raises(ValueError, match="betas must be greater than 0 and less than 1"):
        ddpm_forward_moments(1, [0.1, beta], 1)


def test_an_empty_schedule_is_refused() -> None:
    with pytest.raises(ValueError, match="betas must not be empty"):
        ddpm_alpha_bar([])


def test_no_step_changes_nothing() -> None:
    found = ddpm_forward_moments([2, -1], [0.1, 0.2], t=0, eps=[5, 5])
    assert found.mean.tolist() == found.sample.tolist() == [2, -1]
    assert str(found.var) == "0.0"


def test_a_number_gives_numbers_and_no_noise_no_sample() -> None:
    found = ddpm_forward_moments(2, [0.1, 0.2], t=1, eps=1)
    assert (type(found.mean), type(found.var), type(found.sample)) == (float, float, float)
    assert ddpm_forward_moments(2, [0.1, 0.2], t=1).sample is None


@steady
@given(jump=jumps())
def test_unit_variance_is_preserved(jump: dict[str, Any]) -> None:
    """The factor before x0, squared, and the variance of the noise add up to 1."""
    found = ddpm_forward_moments(1, jump["betas"], jump["t"])
    assert abs(found.mean**2 + found.var - 1) <= 2 * gamma(8 * len(jump["betas"]))


@steady
@given(jump=jumps())
def test_the_moments_are_those_of_alpha_bar(jump: dict[str, Any]) -> None:
    if jump["t"]:
        found, schedule = ddpm_forward_moments(**jump), ddpm_alpha_bar(jump["betas"])
        allowed = bound(get("ddpm_forward_moments"), jump)
        kept = schedule.alpha_bar[jump["t"] - 1]
        assert (np.abs(found.mean - np.sqrt(kept) * np.asarray(jump["x0"])) <= allowed["mean"]).all()
        # snr = kept / var, which holds the variance without the cancellation in 1 - kept.
        assert abs(found.var - kept / schedule.snr[jump["t"] - 1]) <= allowed["var"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"t": 3}, "t must be at most 2, got 3"),
        ({"t": -1}, "t must be at least 0"),
        ({"t": 0.5}, "t must be an integer"),
        ({"eps": [1, 2]}, r"x0 and eps must have one shape, got \(\) and \(2,\)"),
        ({"x0": [[1]]}, r"x0 must be a number or a vector, got shape \(1, 1\)"),
        ({"x0": np.nan}, "x0 must not contain NaN"),
        ({"eps": np.inf}, "eps must be finite"),
    ],
)
def test_jumps_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ddpm_forward_moments(**({"x0": 1, "betas": [0.1, 0.2], "t": 1} | change))


def test_no_deviation_is_the_mean() -> None:
    found = vae_reparameterize(mu=[1, -2], sigma=[0, 0], eps=[3, -4])
    assert found.z.tolist() == [1, -2]
    assert found.dz_dsigma.tolist() == [3, -4]


def test_the_derivative_by_the_log_variance_is_half_sigma_eps() -> None:
    log_var = torch.tensor([0.3, -1.2], dtype=torch.float64, requires_grad=True)
    mu, eps = torch.tensor([1.0, -2.0], dtype=torch.float64), torch.tensor([0.7, -0.4], dtype=torch.float64)
    z = mu + torch.exp(log_var / 2) * eps
    z.sum().backward()
    sigma = np.exp(log_var.detach().numpy() / 2)
    found = vae_reparameterize(mu.numpy(), sigma, eps.numpy())
    np.testing.assert_allclose(sigma * found.dz_dsigma / 2, log_var.grad.numpy(), rtol=2 * gamma(8), atol=0)
    np.testing.assert_allclose(found.z, z.detach().numpy(), rtol=2 * gamma(8), atol=0)


def test_the_derivatives_are_no_view_of_the_arguments() -> None:
    eps = np.array([1.0])
    found = vae_reparameterize([0.0], [1.0], eps)
    eps[0] = 2
    assert found.dz_dsigma.tolist() == [1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sigma": [1, -0.5]}, r"sigma must be at least 0, got \[ 1.  -0.5\]"),
        ({"sigma": [1]}, r"mu and sigma must have one shape, got \(2,\) and \(1,\)"),
        ({"eps": [1]}, r"mu and eps must have one shape, got \(2,\) and \(1,\)"),
        ({"mu": []}, "mu must not be empty"),
    ],
)
def test_reparameterisations_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        vae_reparameterize(**({"mu": [1, 2], "sigma": [1, 1], "eps": [0, 0]} | change))


def test_the_standard_normal_is_at_distance_0_and_only_it() -> None:
    assert gaussian_kl_standard_normal([0, 0], [0, 0]) == 0
    assert gaussian_kl_standard_normal([0, 1e-3], [0, 0]) == 0.5e-6
    assert gaussian_kl_standard_normal([0], [1e-3]) > 0


@steady
@given(arguments=INPUTS["gaussian_kl_standard_normal"])
def test_dimensions_add_up(arguments: dict[str, Any]) -> None:
    whole = gaussian_kl_standard_normal(**arguments)
    parts = [gaussian_kl_standard_normal([m], [v]) for m, v in zip(arguments["mu"], arguments["log_var"], strict=True)]
    assert abs(whole - sum(parts)) <= 2 * gamma(len(parts)) * sum(map(abs, parts))


@pytest.mark.parametrize(
    ("mu", "log_var", "message"),
    [
        ([1, 2], [0], r"mu and log_var must have one shape, got \(2,\) and \(1,\)"),
        ([np.inf], [0], "mu must be finite"),
        ([1], [np.nan], "log_var must not contain NaN"),
        ([], [], "mu must not be empty"),
    ],
)
def test_divergences_refused(mu: Any, log_var: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gaussian_kl_standard_normal(mu, log_var)
