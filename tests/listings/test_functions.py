"""Listings that define what a kernel computes, on random arguments of the kernel."""

import math
from typing import Any

import numpy as np
import pytest

from tests.kernels.inputs.efficient_attention import similar
from tests.listings.support import Like, compare


def labelled(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Several examples, each with a class of its own: the listing has no word for one that is left out."""
    logits, labels = arguments["logits"], arguments["labels"]
    whole = getattr(logits, "ndim", 0) == 2 and all(0 <= label < logits.shape[1] for label in labels)
    return {"logits": logits, "labels": labels} if whole else None


def warm(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """A finite temperature: at infinity the kernel takes the limit."""
    return arguments if math.isfinite(arguments.get("temperature", 1)) else None


def by_probability(arguments: dict[str, Any]) -> dict[str, Any]:
    """Without a length penalty: normalised scores that tie on paper differ in their last bits."""
    return {name: value for name, value in arguments.items() if name != "length_penalty"}


def largest_context(v_center: Any, u_context: Any, u_neg: Any) -> float:
    """A sigmoid is computed beside 1, so that its error counts relative to the vectors that it weighs."""
    return float(max(np.abs(u_context).max(), np.abs(u_neg).max(initial=0)))


def in_quarters(arguments: dict[str, Any]) -> dict[str, Any]:
    """Rewards in quarters, whose sums floats hold exactly: the kernel's ties are the listing's."""
    return {**arguments, "value": np.round(4 * np.asarray(arguments["value"])) / 4}


def alike(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Queries and keys that are alike with the listing's own constant, 1."""
    plain = {name: arguments[name] for name in ("Q", "K", "V")}
    return plain if similar(plain) else None


def one_group(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """One head of keys and values, and a cache that holds tokens."""
    return arguments if arguments["W_k"].shape[0] == 1 and filled(arguments) else None


def as_many_groups(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """As many heads of keys and values as of queries, and a cache that holds tokens."""
    return arguments if len(arguments["W_k"]) == len(arguments["W_q"]) and filled(arguments) else None


def filled(arguments: dict[str, Any]) -> bool:
    return getattr(arguments["prev_K"], "ndim", 0) == 4 and getattr(arguments["prev_V"], "ndim", 0) == 4


def without_group_axis(function: Any, arguments: Any) -> Any:
    """The one head of keys and values has no axis of its own in the listing, and none in its caches."""
    a = dict(arguments)
    caches = {"prev_K": a["prev_K"][:, 0], "prev_V": a["prev_V"][:, 0], "W_k": a["W_k"][0], "W_v": a["W_v"][0]}
    y, K, V = function(**a | caches)
    return y, K[:, None], V[:, None]


FUNCTIONS = {
    "code-k-means": Like("kmeans_fit", steps=lambda X, C0, max_iter: 1 + max_iter),
    "code-stable-softmax": Like("softmax", takes=warm),
    "code-cross-entropy": Like("cross_entropy_from_logits", takes=labelled),
    "code-cross-entropy-gradient": Like("softmax_cross_entropy_grad", takes=labelled),
    "code-two-layer-backprop": Like("mlp_backward"),
    "code-two-layer-backprop-check": Like("finite_difference_gradient"),
    "code-layernorm": Like("layer_norm"),
    "layernorm-input-gradient-code": Like("layer_norm_backward"),
    "code-masked-attention": Like("scaled_dot_product_attention"),
    "code-multi-head-attention": Like("multi_head_attention"),
    "code-positional-encoding": Like("sinusoidal_positional_encoding"),
    "code-kv-cache": Like("attention_decode_step", takes=as_many_groups),
    "incremental-multi-query-step": Like(
        "attention_decode_step", "multi_query_decode_step", takes=one_group, calls=without_group_axis
    ),
    "flashattention-online-softmax-code": Like("online_softmax_attention", fields=("out",)),
    "quadratic-feature-map-code": Like("quadratic_feature_map"),
    "code-linearized-attention": Like("linear_attention", takes=alike),
    "lstm-gates-code": Like("lstm_cell_step", fields=("c_new", "h_new"), scale=lambda **arguments: 1),  # gates beside 1
    "skip-gram-objective-code": Like("sgns_loss", fields=("loss", "grad_v"), scale=largest_context),
    "byte-pair-encoding-code": Like("bpe_train"),
    "byte-pair-encoding-encode-code": Like("bpe_encode"),
    "perplexity-code": Like("sequence_nll"),
    "sampling-methods-overview-code": Like("top_k_filter"),
    "code-top-p-sampling": Like("top_p_filter"),
    "code-beam-search": Like("beam_search", fields=("sequence", "logprob", "score"), takes=by_probability),
    "code-lora-layer": Like("lora_forward"),
    "lora-zero-init-code": Like("lora_backward"),
    "federated-lora-aggregation-code": Like("lora_federated_gap", fields=("avg_product", "product_of_avgs", "fro_gap")),
    "rlhf-kl-term-reward-code": Like("kl_regularized_reward"),
    "rlhf-kl-term-optimum-code": Like("kl_optimal_policy"),
    "two-sum": Like("two_sum"),
    "two-pointer-template": Like("two_pointer_pairs"),
    "three-sum": Like("three_sum"),
    "trapping-rain-water-maxima": Like("trap_rain_water"),
    "trapping-rain-water-two-pointers": Like("trap_rain_water"),
    "sliding-window-template": Like("longest_unique_substring"),
    "sliding-window-template-shortest": Like("min_window_sum"),
    "longest-unique-substring": Like("longest_unique_substring"),
    "lower-bound-template": Like("lower_bound"),
    "search-rotated-array": Like("search_rotated"),
    "merge-intervals": Like("merge_intervals"),
    "running-median": Like("running_median"),
    "bfs-and-dfs-code": Like("bfs_shortest_path"),
    "binary-tree-level-order": Like("level_order"),
    "topological-sort-bfs-code": Like("topological_order_kahn"),
    "bottom-up-dp-template": Like("linear_recurrence_dp"),
    "longest-increasing-subsequence-dp": Like("lis_length"),
    "longest-increasing-subsequence": Like("lis_length"),
    "code-mcts": Like("mcts_search", fields=("visits", "value_sum", "best_child"), takes=in_quarters),
    "reparameterization-trick-code": Like("vae_reparameterize"),
    "ddpm-closed-form-marginal-code": Like("ddpm_alpha_bar"),
}
"""Id of the card -> what its listing defines."""


@pytest.mark.parametrize("card", FUNCTIONS)
def test_the_function_on_the_card_gives_what_the_kernel_gives(card: str) -> None:
    compare(card, FUNCTIONS[card])
