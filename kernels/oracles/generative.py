"""Second ways to the kernels of diffusion and of variational autoencoders."""

import itertools
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np

from kernels.oracles.registry import oracle


@oracle("ddpm_alpha_bar")
def ddpm_alpha_bar_fractions(betas: Any) -> dict[str, Any]:
    """The running product in fractions, where neither product nor difference rounds."""
    alpha = [1 - Fraction(float(beta)) for beta in betas]
    alpha_bar = list(itertools.accumulate(alpha, lambda kept, a: kept * a))
    return {
        "alpha": [float(a) for a in alpha],
        "alpha_bar": [float(a) for a in alpha_bar],
        "snr": [float(a / (1 - a)) for a in alpha_bar],
    }


@oracle("ddpm_alpha_bar", needs=("torch",))
def ddpm_alpha_bar_torch(betas: Any) -> dict[str, Any]:
    """``torch.cumprod``; without the ratio, whose 1 - alpha_bar would cancel."""
    import torch

    alpha = 1 - torch.tensor(np.asarray(betas, dtype=np.float64))
    return {"alpha": alpha.numpy(), "alpha_bar": torch.cumprod(alpha, dim=0).numpy()}


def _stepwise(x0: Any, betas: Any, t: int) -> tuple[Any, Fraction]:
    """Mean and variance carried through t single steps: both shrink by 1 - beta, and the variance gains beta."""
    variance = Fraction(0)
    with localcontext(prec=50):
        mean = [Decimal(float(entry)) for entry in np.ravel(x0)]
        for beta in betas[:t]:
            keep = 1 - Fraction(float(beta))
            variance = keep * variance + Fraction(float(beta))
            root = (Decimal(keep.numerator) / Decimal(keep.denominator)).sqrt()
            mean = [root * entry for entry in mean]
    return mean, variance


@oracle("ddpm_forward_moments")
def ddpm_forward_moments_steps(x0: Any, betas: Any, t: int, eps: Any = None) -> dict[str, Any]:
    """Step by step, with 50 digits; the sample as the mean and, on top, the noise times the deviation."""
    mean, variance = _stepwise(x0, betas, t)

    def shaped(entries: list[Decimal]) -> Any:
        return np.array([float(entry) for entry in entries]).reshape(np.shape(x0))

    moments: dict[str, Any] = {"mean": shaped(mean), "var": float(variance), "sample": None}
    if eps is not None:
        with localcontext(prec=50):
            deviation = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
            noise = [Decimal(float(entry)) for entry in np.ravel(eps)]
            moments["sample"] = shaped([m + deviation * e for m, e in zip(mean, noise, strict=True)])
    return moments


@oracle("ddpm_forward_moments", needs=("torch",))
def ddpm_forward_moments_torch(x0: Any, betas: Any, t: int, eps: Any = None) -> dict[str, Any]:
    """A Markov chain of ``torch.distributions`` transforms: one affine map for each step, composed, applied to x0."""
    import torch

    chain = [torch.distributions.AffineTransform(loc=0.0, scale=float(np.sqrt(1 - beta))) for beta in betas[:t]]
    composed = torch.distributions.ComposeTransform(list(chain))
    return {"mean": composed(torch.tensor(np.asarray(x0, dtype=np.float64))).numpy()}


@oracle("vae_reparameterize")
def vae_reparameterize_differences(mu: Any, sigma: Any, eps: Any) -> dict[str, Any]:
    """In fractions: z is linear in the mean and in the deviation, so its change when they grow by 1 is the derivative."""

    def z(m: Fraction, s: Fraction, e: Fraction) -> Fraction:
        return m + s * e

    triples = [tuple(Fraction(float(entry)) for entry in triple) for triple in zip(mu, sigma, eps, strict=True)]
    return {
        "z": [float(z(m, s, e)) for m, s, e in triples],
        "dz_dmu": [float(z(m + 1, s, e) - z(m, s, e)) for m, s, e in triples],
        "dz_dsigma": [float(z(m, s + 1, e) - z(m, s, e)) for m, s, e in triples],
    }


@oracle("vae_reparameterize", needs=("torch",))
def vae_reparameterize_torch(mu: Any, sigma: Any, eps: Any) -> dict[str, Any]:
    """The affine map with which ``torch.distributions`` samples a normal distribution, on the noise, differentiated by autograd."""
    import torch

    m, s = (torch.tensor(np.asarray(side, dtype=np.float64), requires_grad=True) for side in (mu, sigma))
    z = torch.distributions.AffineTransform(m, s)(torch.tensor(np.asarray(eps, dtype=np.float64)))
    by_m, by_s = torch.autograd.grad(z.sum(), (m, s))
    return {"z": z.detach().numpy(), "dz_dmu": by_m.numpy(), "dz_dsigma": by_s.numpy()}


def _cancelling(mu: Any, log_var: Any) -> float:
    """sigma^2 - 1 and ln(sigma^2) are nearly equal near sigma = 1: their size is what rounding is relative to."""
    return float(np.sum(np.abs(log_var)))


@oracle("gaussian_kl_standard_normal", needs=("mpmath",), scale=_cancelling)
def gaussian_kl_standard_normal_quadrature(mu: Any, log_var: Any) -> float:
    """The expected log ratio of the densities, quadratic in z: quadrature with the two Gauss-Hermite nodes mu ± sigma is exact."""
    import mpmath

    def log_normal(z: Any, mean: Any, deviation: Any) -> Any:
        return -(((z - mean) / deviation) ** 2) / 2 - mpmath.log(deviation) - mpmath.log(2 * mpmath.pi) / 2

    with mpmath.workdps(50):
        total = mpmath.mpf(0)
        for m, v in zip(mu, log_var, strict=True):
            mean, deviation = mpmath.mpf(float(m)), mpmath.exp(mpmath.mpf(float(v)) / 2)
            nodes = mean + deviation, mean - deviation
            total += sum(log_normal(z, mean, deviation) - log_normal(z, 0, 1) for z in nodes) / 2
        return float(total)


@oracle("gaussian_kl_standard_normal", needs=("torch",), scale=lambda mu, log_var: len(np.ravel(mu)) + _cancelling(mu, log_var))
def gaussian_kl_standard_normal_torch(mu: Any, log_var: Any) -> float:
    """``torch.distributions.kl_divergence`` of two normal distributions, which subtracts the 1 from the variance itself."""
    import torch

    m, v = (torch.tensor(np.asarray(side, dtype=np.float64)) for side in (mu, log_var))
    mine = torch.distributions.Normal(m, torch.exp(v / 2))
    return float(torch.distributions.kl_divergence(mine, torch.distributions.Normal(torch.zeros_like(m), torch.ones_like(m))).sum())
