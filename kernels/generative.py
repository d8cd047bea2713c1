"""Diffusion's forward process and the variational autoencoder's two formulas."""

import numpy as np
from numpy.typing import ArrayLike

from kernels import checks
from kernels.checks import Array
from kernels.registry import Record, kernel


@kernel(fields=("alpha", "alpha_bar", "snr"))
def ddpm_alpha_bar(betas: ArrayLike) -> Record:
    r"""How much signal is left after each step of a diffusion that adds noise of variance beta_t.

    $$\alpha_t=1-\beta_t,\qquad\bar\alpha_t=\prod_{s\le t}\alpha_s,\qquad\mathrm{SNR}_t=\frac{\bar\alpha_t}{1-\bar\alpha_t}$$

    The product is the exponential of a sum of logarithms, which loses nothing in a schedule of thousands of steps.

    Args:
        betas: the noise schedule beta_1, ..., beta_T, shape (T,), each between 0 and 1.

    Returns:
        alpha: the share of the variance kept in each step, shape (T,).
        alpha_bar: the share kept up to each step, shape (T,).
        snr: the ratio of signal to noise variance after each step for data of variance 1, shape (T,).

    Raises:
        ValueError: T = 0, a beta that is not greater than 0 and less than 1.

    Source: Ho, Jain and Abbeel, Denoising Diffusion Probabilistic Models (2020), section 2; for the signal-to-noise ratio Kingma
    et al., Variational Diffusion Models (2021), section 3.1.

    >>> ddpm_alpha_bar([0.1, 0.2, 0.3]).alpha_bar.round(3).tolist()
    [0.9, 0.72, 0.504]
    """
    betas = _schedule(betas)
    log_alpha_bar = np.cumsum(np.log1p(-betas))
    alpha_bar = np.exp(log_alpha_bar)
    return Record(alpha=1 - betas, alpha_bar=alpha_bar, snr=alpha_bar / -np.expm1(log_alpha_bar))


@kernel(fields=("mean", "var", "sample"))
def ddpm_forward_moments(x0: ArrayLike, betas: ArrayLike, t: int, eps: ArrayLike | None = None) -> Record:
    r"""Diffusion's forward process in one jump: the Gaussian of x_t given x_0, and the sample from it that a given noise makes.

    $$q(x_t\mid x_0)=\mathcal N\big(\sqrt{\bar\alpha_t}\,x_0,\ (1-\bar\alpha_t)I\big),\qquad
    x_t=\sqrt{\bar\alpha_t}\,x_0+\sqrt{1-\bar\alpha_t}\,\epsilon$$

    Variance is preserved: data of variance 1 stay at variance 1.

    Args:
        x0: the data, a number or shape (n,).
        betas: the noise schedule beta_1, ..., beta_T, shape (T,), each between 0 and 1.
        t: how many steps of it are taken, from 0 (none: x_t is x_0) to T.
        eps: standard normal noise of the shape of x0; without it there is no sample.

    Returns:
        mean: the mean of x_t, of the shape of x0.
        var: the variance of each component of x_t.
        sample: x_t, of the shape of x0, or None.

    Raises:
        ValueError: t outside 0..T, a beta not between 0 and 1, eps of another shape, x0 of rank 2, an entry is NaN or infinite.

    Source: Ho, Jain and Abbeel, Denoising Diffusion Probabilistic Models (2020), eq. 4.

    >>> moments = ddpm_forward_moments(2, [0.1, 0.2, 0.3], t=3, eps=0.5)
    >>> round(moments.mean, 4), round(moments.var, 4), round(moments.sample, 4)
    (1.4199, 0.496, 1.772)
    """
    x = checks.array(x0, "x0")
    if x.ndim > 1:
        raise ValueError(f"x0 must be a number or a vector, got shape {x.shape}")
    betas = _schedule(betas)
    t = checks.count(t, "t", least=0, most=len(betas))
    log_alpha_bar = np.sum(np.log1p(-betas[:t]))
    mean = np.exp(log_alpha_bar / 2) * x
    var = 0.0 - np.expm1(log_alpha_bar)  # not its negation, which is -0.0 at t = 0
    if eps is None:
        return Record(mean=_plain(mean), var=float(var), sample=None)
    noise = checks.array(eps, "eps")
    checks.same_shape(x, noise, "x0", "eps")
    return Record(mean=_plain(mean), var=float(var), sample=_plain(mean + np.sqrt(var) * noise))


def _schedule(betas: ArrayLike) -> Array:
    schedule = checks.vector(betas, "betas")
    if (schedule <= 0).any() or (schedule >= 1).any():
        raise ValueError(f"betas must be greater than 0 and less than 1, got {betas!r}")
    return schedule


def _plain(x: Array) -> float | Array:
    return x if np.ndim(x) else float(x)


@kernel(fields=("z", "dz_dmu", "dz_dsigma"))
def vae_reparameterize(mu: ArrayLike, sigma: ArrayLike, eps: ArrayLike) -> Record:
    r"""The reparameterisation trick: a Gaussian sample as a function of its mean and deviation, through which gradients pass.

    $$z=\mu+\sigma\odot\epsilon,\qquad\frac{\partial z}{\partial\mu}=1,\qquad\frac{\partial z}{\partial\sigma}=\epsilon$$

    An encoder that puts out the log-variance l passes sigma = exp(l/2); then dz/dl = sigma * eps / 2.

    Args:
        mu: the means, shape (d,).
        sigma: the standard deviations, not the variances, shape (d,), at least 0; 0 makes the sample deterministic.
        eps: standard normal noise, shape (d,).

    Returns:
        z: the sample, shape (d,).
        dz_dmu: the derivative of each z_j by its own mu_j, shape (d,): ones.
        dz_dsigma: the derivative of each z_j by its own sigma_j, shape (d,).

    Raises:
        ValueError: a sigma below 0, shapes that differ, an entry is NaN or infinite.

    Source: Kingma and Welling, Auto-Encoding Variational Bayes (2014), section 2.4.

    >>> vae_reparameterize(mu=[1, -2], sigma=[0.5, 2], eps=[0.25, -1])
    Record(z=array([ 1.125, -4.   ]), dz_dmu=array([1., 1.]), dz_dsigma=array([ 0.25, -1.  ]))
    """
    mu, sigma, eps = checks.vector(mu, "mu"), checks.vector(sigma, "sigma"), checks.vector(eps, "eps")
    checks.same_shape(mu, sigma, "mu", "sigma")
    checks.same_shape(mu, eps, "mu", "eps")
    if (sigma < 0).any():
        raise ValueError(f"sigma must be at least 0, got {sigma}")
    return Record(z=mu + sigma * eps, dz_dmu=np.ones_like(mu), dz_dsigma=eps.copy())


@kernel()
def gaussian_kl_standard_normal(mu: ArrayLike, log_var: ArrayLike) -> float:
    r"""How far a diagonal Gaussian is from the standard normal: the term that keeps a VAE's code near the prior.

    $$D_{\mathrm{KL}}\big(\mathcal N(\mu,\mathrm{diag}\,\sigma^2)\,\|\,\mathcal N(0,I)\big)
    =\frac12\sum_j\left(\mu_j^2+\sigma_j^2-1-\ln\sigma_j^2\right)$$

    Args:
        mu: the means, shape (d,).
        log_var: the logarithms of the variances, ln(sigma^2), shape (d,).

    Returns:
        The divergence in nats; 0 for mu = 0 and sigma = 1.

    Raises:
        ValueError: shapes that differ, d = 0, an entry is NaN or infinite.

    Source: Kingma and Welling, Auto-Encoding Variational Bayes (2014), appendix B.

    >>> gaussian_kl_standard_normal(mu=[1, -0.5], log_var=[0, 0])
    0.625
    """
    mu, log_var = checks.vector(mu, "mu"), checks.vector(log_var, "log_var")
    checks.same_shape(mu, log_var, "mu", "log_var")
    # expm1 is sigma^2 - 1 without the cancellation near sigma = 1, where training keeps it.
    return float(0.5 * np.sum(mu**2 + np.expm1(log_var) - log_var))
