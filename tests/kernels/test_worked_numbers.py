"""Numbers that are worked out on paper when these subjects are taught, each at the precision at which it is usually written.

Where a wrong number or claim goes round as well, the test states the right one, and a comment says what the mistake is.
"""

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from kernels import (
    algorithms,
    alignment,
    attention,
    calculus,
    classical_ml,
    clustering,
    decoding_and_sampling,
    efficient_attention,
    embeddings,
    finetuning,
    generative,
    graphs,
    information_theory,
    language_modeling,
    linear_algebra,
    llm_agents,
    losses,
    neural_nets,
    normalization,
    optimization,
    probability,
    pytorch,
    regularization,
    sequence_models,
    tokenization,
    transformers,
    vision,
)


def reads(value: float, written: str) -> bool:
    """Whether a value, rounded to as many digits as are written, is what is written: 0.1538 reads 0.15, and not 0.16."""
    paper = Decimal(written)
    return Decimal(float(value)).quantize(paper) == paper


def all_read(values: Any, written: str) -> bool:
    """The same for several values, written with spaces between them."""
    flat = np.ravel(values)
    return len(flat) == len(written.split()) and all(reads(value, word) for value, word in zip(flat, written.split(), strict=True))


def test_reading_is_rounding_to_the_written_digits() -> None:
    assert reads(0.1538, "0.15")
    assert not reads(0.1538, "0.16")
    assert not reads(0.1538, "0.1534")
    assert reads(-2302.585, "-2303")
    assert reads(9.5367e-7, "1e-6")
    assert all_read([[1.26, 2], [3.004, 4]], "1.3 2.0 3.00 4")
    assert not all_read([1, 2], "1")


# Probability


def test_a_test_of_ninety_percent_for_a_disease_of_one_percent_leaves_fifteen_percent() -> None:
    disease = probability.bayes_posterior(prior=0.01, sensitivity=0.9, false_positive_rate=0.05)
    assert reads(disease.evidence, "0.0585")
    assert reads(disease.posterior, "0.15")
    # "A test that is 90% accurate" names one of two rates: 0.9 is the sensitivity, and the specificity is 0.95. Whoever rounds the
    # evidence to 0.059 first, gets 0.1525 and a wrong third digit.
    assert reads(disease.posterior, "0.1538")


def test_specificity_is_not_the_false_positive_rate() -> None:
    disease = probability.bayes_posterior(prior=0.01, sensitivity=0.99, false_positive_rate=1 - 0.95)
    assert reads(disease.evidence, "0.0594")
    assert reads(disease.posterior, "0.1667")
    # With 0.95 itself a positive test would say next to nothing.
    assert reads(probability.bayes_posterior(prior=0.01, sensitivity=0.99, false_positive_rate=0.95).posterior, "0.0104")


def test_hoeffding_asks_for_26492_flips_for_one_percent_at_99_percent() -> None:
    # "About 26500" is a rounding up of what has been rounded up already.
    assert probability.hoeffding_sample_size(eps=0.01, delta=0.01) == 26492
    assert probability.hoeffding_bound(26492, 0.01) <= 0.01 < probability.hoeffding_bound(26491, 0.01)


def test_hoeffding_is_least_loose_for_a_fair_coin() -> None:
    # Often said the other way round. The normal approximation asks for p (1 - p) (2.576 / 0.01)^2 flips: most of them at p = 1/2.
    flips = [probability.clt_sample_size(math.sqrt(p * (1 - p)), 0.01, 2.5758293) for p in (0.5, 0.1, 0.01)]
    assert flips == [16588, 5972, 657]


def test_half_a_percent_of_a_loss_is_one_standard_error_on_ten_thousand_examples() -> None:
    tail = probability.clt_tail_probability(mu=0.5, var=0.25, n=10000, threshold=0.505)
    assert (tail.se, reads(tail.z, "1.0"), reads(tail.p, "0.1587")) == (0.005, True, True)
    assert probability.clt_sample_size(std=0.5, gap=0.005, z=3) == 90000


def test_between_two_models_the_same_gap_is_less_than_one_standard_error() -> None:
    # A difference of two independent means has the sum of their variances: z is 1 over the root of 2, not 1.
    assert reads(probability.clt_tail_probability(mu=0, var=0.25 + 0.25, n=10000, threshold=0.005).z, "0.71")


def test_a_flat_prior_leaves_the_likeliest_and_a_beta_two_two_adds_one() -> None:
    flat = probability.beta_bernoulli_map(alpha=1, beta=1, k=3, n=10)
    assert flat.map == flat.mle == 0.3
    never = probability.beta_bernoulli_map(alpha=2, beta=2, k=0, n=10)
    assert (never.mle, reads(never.map, "0.0833")) == (0, True)
    # Adding one is the mode under Beta(2, 2) and the mean under Beta(1, 1): two different estimates that agree here.
    assert probability.beta_bernoulli_map(alpha=1, beta=1, k=0, n=10).posterior_mean == never.map == 1 / 12


def test_the_variance_that_maximises_the_likelihood_is_biased_low() -> None:
    # It is not "the" sample variance, whose divisor is n - 1.
    fit = probability.gaussian_mle([2, 4, 4, 4, 5, 5, 7, 9])
    assert (fit.mu, fit.var_mle, reads(fit.var_unbiased, "4.571")) == (5, 4, True)
    assert probability.sample_variance_bias(sigma2=4, n=8).expectation == 3.5


def test_a_density_may_exceed_one() -> None:
    half = probability.uniform_interval(0, 0.5, 0, 0.5)
    assert (half.density, half.probability) == (2, 1)


def test_a_thousand_tenths_underflow_and_their_logarithms_do_not() -> None:
    text = probability.log_likelihood_iid([0.1], counts=[1000])
    assert (text.likelihood, reads(text.log_likelihood, "-2303")) == (0, True)
    assert reads(language_modeling.sequence_nll([0.1] * 1000).nll_sum, "2303")


def test_the_exponential_distribution_is_written_by_its_rate() -> None:
    # scipy takes the scale, which is 1 / rate.
    assert dict(probability.distribution_moments("exponential", rate=4)) == {"mean": 0.25, "var": 0.0625}


# Information


def test_entropy_of_seven_two_and_one_tenth() -> None:
    assert reads(information_theory.entropy([0.7, 0.2, 0.1]), "0.8018")
    assert reads(information_theory.entropy([0.7, 0.2, 0.1], base=2), "1.1568")


def test_entropy_is_none_for_certainty_and_largest_for_thirds() -> None:
    assert information_theory.entropy([1, 0, 0]) == 0
    assert reads(information_theory.entropy([1 / 3] * 3), "1.0986")
    # 0.33, 0.33, 0.33 is no distribution: it sums to 0.99.
    with pytest.raises(ValueError, match="p must sum to 1"):
        information_theory.entropy([0.33] * 3)


def test_believing_in_a_fair_coin_costs_ln_two_whatever_is_true() -> None:
    p, q = [0.9, 0.1], [0.5, 0.5]
    parts = information_theory.entropy(p), information_theory.kl_divergence(p, q), information_theory.cross_entropy_dist(p, q)
    assert all_read(parts, "0.3251 0.3681 0.6931")


def test_information_gain_of_nine_to_five_split_six_to_two_and_three_to_three() -> None:
    split = classical_ml.information_gain([9, 5], [[6, 2], [3, 3]])
    assert all_read([split.parent_entropy, *split.child_entropies, split.weighted], "0.9403 0.8113 1.0 0.8922")
    assert reads(split.gain, "0.0481")


# Linear algebra


def test_a_thousand_squared_of_rank_fifty_is_a_tenth_of_the_numbers() -> None:
    count = linear_algebra.low_rank_param_count(1000, 1000, 50)
    assert (count.dense, count.factored) == (1_000_000, 100_000)


def test_rank_does_not_count_eigenvalues() -> None:
    # "The rank is the number of nonzero eigenvalues": this matrix has none, and rank 1.
    shear = [[0, 1], [0, 0]]
    assert not np.linalg.eigvals(shear).any()
    assert linear_algebra.matrix_rank(shear) == 1


def test_condition_is_a_ratio_of_singular_values_not_of_eigenvalues() -> None:
    # Both eigenvalues are 1, so their ratio would call this matrix harmless.
    shear = [[1, 1000], [0, 1]]
    assert np.linalg.eigvals(shear).tolist() == [1, 1]
    assert reads(linear_algebra.condition_number(shear), "1.000e6")


def test_the_absolute_value_comes_before_the_power() -> None:
    # Without it the sum of cubes is 27 - 64 + 1 = -36, which is no length of anything.
    assert reads(linear_algebra.lp_norm([3, -4, 1], 3), "4.5144")


def test_identity_plus_the_same_number_everywhere_is_singular_at_minus_one_nth() -> None:
    ones = linear_algebra.eig_identity_plus_rank_one(4, 0.5)
    assert (ones.lambda_ones, ones.lambda_perp, ones.mult_perp, ones.det, ones.trace) == (3, 1, 3, 3, 6)
    assert not linear_algebra.eig_identity_plus_rank_one(4, -0.25).invertible


def test_a_positive_dot_product_is_an_angle_below_ninety_degrees_not_one_direction() -> None:
    assert linear_algebra.dot_product([1, 0], [1, 5]) > 0
    assert reads(linear_algebra.cosine_similarity([1, 0], [1, 5]), "0.196")


def test_a_projection_is_the_dot_product_over_the_length() -> None:
    assert linear_algebra.dot_product([3, 4], [0, 2]) == linear_algebra.vector_projection([3, 4], [0, 2]).scalar * 2


# Gradients and optimization


def test_three_steps_of_gradient_descent_from_five() -> None:
    steps = optimization.gradient_descent_1d_trace(w0=5, x=2, y=2, lr=0.1, steps=3)
    assert all_read([step.y_hat for step in steps], "10.0 3.6 2.32")
    assert all_read([step.loss for step in steps], "64.0 2.56 0.1024")
    assert all_read([step.grad for step in steps], "32.0 6.4 1.28")
    assert all_read([step.w for step in steps], "1.8 1.16 1.032")


def test_why_that_descent_converges() -> None:
    # The curvature of (2w - 2)^2 is 8: every step leaves a fifth of the error (4, 0.8, 0.16, 0.032). A rate of 0.25 is too large.
    bowl = optimization.gd_quadratic_stability([8], lr=0.1)
    assert all_read([*bowl.factors, bowl.lr_max], "0.2 0.25")


def test_one_step_with_momentum() -> None:
    step = optimization.sgd_momentum_step(w=0.5, g=0.2, v=0.1, lr=0.1, beta=0.9)
    assert all_read([step.v_new, step.w_new], "0.29 0.471")


def test_the_first_step_of_adam_is_as_long_as_the_learning_rate() -> None:
    # Without bias correction it would be about 3.2 times as long: 0.1 g over the root of 0.001 g^2.
    assert all_read([optimization.adam_step(w=1, g=g, m=0, v=0, t=1, lr=0.01).w for g in (0.001, 1, 1000)], "0.9900 0.9900 0.9900")


def test_clipping_by_norm_keeps_the_direction_and_clipping_by_value_does_not() -> None:
    assert all_read(optimization.clip_by_norm([3, 4], c=1).g, "0.6 0.8")
    assert reads(optimization.clip_by_value([3, 0.5], c=1).cos_with_original, "0.956")


def test_the_gradient_of_a_sum_of_squares_has_a_two_and_that_of_the_mean_an_n() -> None:
    # ||Xw - y||^2 is often called MSE; it is the sum, and n times the mean.
    X, w, y = [[1, 2], [3, 4]], [1, 1], [1, 2]
    assert calculus.least_squares_gradient(X, w, y).tolist() == [34, 48]
    assert calculus.least_squares_gradient(X, w, y, mean=True).tolist() == [17, 24]


def test_the_gradient_of_a_quadratic_form_is_two_a_w_for_a_symmetric_matrix_alone() -> None:
    assert calculus.quadratic_form_gradient([[1, 2], [2, 3]], [1, 1]).tolist() == [6, 10]
    assert calculus.quadratic_form_gradient([[1, 4], [0, 3]], [1, 1]).tolist() == [6, 10]  # 2Aw would be 10, 6


# Networks


def test_two_layers_by_hand() -> None:
    net = neural_nets.mlp_forward([1, 2], W1=[[0.5, -0.5], [0.5, 0.5]], b1=[0, 0], W2=[[1, 1]], b2=[0])
    assert (net.z1.tolist(), net.h.tolist(), net.y.tolist()) == ([-0.5, 1.5], [0, 1.5], [1.5])


def test_two_layers_backwards_by_hand() -> None:
    grad = neural_nets.mlp_backward([1, 2], [[0.5, -0.5], [0.5, 0.5]], [0, 0], [[1, 1]], [0], target=[1])
    assert (grad.loss, grad.dW2.tolist(), grad.dW1.tolist()) == (0.25, [[0, 1.5]], [[0, 0], [1, 2]])


def test_a_quarter_to_the_tenth_is_a_millionth() -> None:
    assert reads(neural_nets.activation([0], "sigmoid").dy[0], "0.25")
    assert reads(neural_nets.gradient_chain_gain(0.25, 1, depth=10).gain, "1e-6")
    assert reads(neural_nets.gradient_chain_gain(0.25, 1, depth=10).gain, "9.54e-7")
    # The bound is on the activation alone: weights of norm 4 make up for it.
    assert neural_nets.gradient_chain_gain(0.25, 4, depth=10).gain == 1


def test_a_leaky_unit_lets_a_hundredth_through() -> None:
    unit = neural_nets.activation([-1], "leaky_relu")
    assert (unit.y.tolist(), unit.dy.tolist()) == ([-0.01], [0.01])


def test_one_over_fan_in_and_two_over_both_fans_go_by_one_name() -> None:
    # Both are called Xavier; PyTorch's is the second, and the first is LeCun's. They agree where the fans do.
    assert neural_nets.init_std(256, 256, "xavier").var == neural_nets.init_std(256, 256, "lecun").var == 1 / 256
    assert neural_nets.init_std(256, 768, "xavier").var == 1 / 512
    assert neural_nets.init_std(256, 256, "he").var == 1 / 128


def test_exclusive_or_needs_a_hidden_layer() -> None:
    corners, labels = [[0, 0], [1, 1], [0, 1], [1, 0]], [-1, -1, 1, 1]
    with pytest.raises(ValueError, match="linearly separable"):
        classical_ml.hard_margin_svm(corners, labels)
    outputs = [neural_nets.mlp_forward(x, [[1, 1], [1, 1]], [0, -1], [[1, -2]], [0]).y.item() for x in corners]
    assert outputs == [0, 0, 1, 1]


def test_three_by_three_convolutions_see_three_five_seven_nine() -> None:
    # The stride of the last layer widens what comes after it, not its own field: 9, not 11.
    layers = [{"kernel": 3, "stride": stride} for stride in (1, 1, 1, 2)]
    assert vision.receptive_field(layers).per_layer == [[3, 1], [5, 1], [7, 1], [9, 2]]


def test_a_kernel_as_long_as_the_input_sees_all_of_it_only_from_the_middle() -> None:
    # "Then every output sees the entire input": with zero padding one output in five does; for all of them it takes 2n - 1 taps.
    assert vision.conv_visibility(5, 5, "same").tolist() == [3, 4, 5, 4, 3]
    assert vision.conv_visibility(5, 9, "same").tolist() == [5] * 5
    assert vision.conv_visibility(5, 5, "circular").tolist() == [5] * 5


def test_concatenation_in_a_unet_costs_twice_the_weights_of_a_sum() -> None:
    assert vision.unet_skip_channels(64, 64, 64, 3, "concat").params == 73_792
    assert vision.unet_skip_channels(64, 64, 64, 3, "sum").params == 36_928


def test_dropout_of_one_half_doubles_what_is_left() -> None:
    assert regularization.inverted_dropout([1, 1, 1, 1], [1, 0, 0, 1], p=0.5).y.tolist() == [2, 0, 0, 2]


def test_batch_norm_normalises_with_one_variance_and_stores_another() -> None:
    step = normalization.batchnorm_train([[1], [3]], [1], [0], running_mean=[0], running_var=[0], momentum=1, eps=0)
    assert (step.y.ravel().tolist(), step.var_biased.tolist(), step.running_var.tolist()) == ([-1, 1], [1], [2])


def test_layer_norm_of_one_to_four_and_rms_norm_that_leaves_the_mean() -> None:
    assert all_read(normalization.layer_norm([1, 2, 3, 4], [1] * 4, [0] * 4), "-1.3416 -0.4472 0.4472 1.3416")
    assert all_read(normalization.rms_norm([1, 2, 3, 4], [1] * 4), "0.3651 0.7303 1.0954 1.4606")


def test_an_lstm_that_forgets_nothing_and_takes_in_nothing_copies_its_cell() -> None:
    gates = [-1000, 1000, 0, 1000]  # closed, open, no matter, open
    step = sequence_models.lstm_cell_step(x=[1], h=[1], c=[0.5], W_ih=[[0]] * 4, W_hh=[[0]] * 4, b=gates)
    assert (step.c_new.tolist(), reads(step.h_new[0], "0.4621")) == ([0.5], True)


def test_messages_in_a_path_of_three_average_out() -> None:
    path, heat = [[0, 1, 0], [1, 0, 1], [0, 1, 0]], [[1], [0], [-1]]
    assert [neural_nets.gnn_mean_aggregate(path, heat, steps).spread for steps in (0, 1, 2, 10)] == [2, 1, 0.5, 2**-9]


# Softmax and the losses on it


def test_softmax_of_one_two_three_and_of_ten_times_that() -> None:
    assert all_read(losses.softmax([1, 2, 3]), "0.0900 0.2447 0.6652")
    assert all_read(losses.softmax([10, 20, 30]), "2.1e-9 4.54e-5 0.99995")


def test_squares_would_put_the_most_negative_logit_first() -> None:
    logits = np.array([-3, -1, 2])
    assert (logits**2).tolist() == [9, 1, 4]
    assert np.argsort(losses.softmax(logits)).tolist() == [0, 1, 2]


def test_equal_logits_share_equally() -> None:
    assert losses.softmax([0, 0, 0, 0]).tolist() == [0.25] * 4
    assert all_read(losses.cross_entropy_from_logits([[0] * 10], [3]), "2.3026")


def test_a_large_negative_number_is_as_good_as_minus_infinity_unless_all_are_hidden() -> None:
    # It is said to leak a tiny probability. It does not: the exponential is exactly 0.
    assert losses.softmax([0, -1e4]).tolist() == losses.softmax([0, -math.inf]).tolist() == [1, 0]
    # Where nothing is visible, it makes the hidden ones equally likely, and infinity alone makes NaN. The answer is 0.
    assert losses.softmax([-1e9, -1e9]).tolist() == [0.5, 0.5]
    assert attention.scaled_dot_product_attention([[1]], [[1], [2]], [[3], [4]], mask=[[False, False]]).out.tolist() == [[0]]


def test_the_logarithm_of_a_softmax_that_underflows() -> None:
    # A stable softmax does not overflow to infinity, it underflows to 0: the logarithm is then -inf, where -1000 is right.
    assert losses.softmax([1000, 0])[1] == 0
    assert losses.log_softmax([1000, 0]).tolist() == [0, -1000]


def test_softmax_twice_cannot_reach_a_loss_of_zero() -> None:
    found = losses.double_softmax_loss_floor(10)
    assert all_read([found.floor, found.uniform], "1.4612 2.3026")


def test_label_smoothing_by_a_tenth_over_four_classes() -> None:
    # Two conventions. With the first, PyTorch's, the true class keeps 1 - eps + eps/K; only with the second it keeps 1 - eps.
    assert all_read(losses.label_smoothing_targets(0, 4, 0.1, "uniform_all"), "0.925 0.025 0.025 0.025")
    assert all_read(losses.label_smoothing_targets(0, 4, 0.1, "uniform_others"), "0.9 0.0333 0.0333 0.0333")


def test_the_gradient_of_the_loss_is_prediction_minus_target() -> None:
    assert all_read(losses.softmax_cross_entropy_grad([[1, 2, 3]], [2]), "0.0900 0.2447 -0.3348")
    assert all_read(losses.softmax_cross_entropy_grad([[1, 2, 3]], [2], label_smoothing=0.1), "0.0567 0.2114 -0.2681")


def test_the_jacobian_of_a_saturated_softmax_has_almost_vanished() -> None:
    assert losses.softmax_jacobian([0, 0]).tolist() == [[0.25, -0.25], [-0.25, 0.25]]
    assert losses.softmax_jacobian([8, -8]).max() < 1.2e-7


def test_sigmoid_is_a_half_at_zero_and_undoes_log_odds() -> None:
    assert losses.sigmoid(0) == 0.5
    assert reads(losses.logit(0.9), "2.1972")
    assert reads(float(losses.sigmoid(2.1972)), "0.9000")


def test_the_gradient_of_logistic_regression_is_error_times_input() -> None:
    fit = classical_ml.logistic_gradient([[1, 2]], [0, 0], [1])
    assert fit.grad.tolist() == [-0.5, -1]  # (0.5 - 1) x


# Attention


def test_attention_over_two_orthogonal_tokens() -> None:
    found = attention.scaled_dot_product_attention([[1, 0], [0, 1]], [[1, 0], [0, 1]], [[1, 2], [3, 4]])
    assert all_read(found.weights, "0.6698 0.3302 0.3302 0.6698")
    assert all_read(found.out, "1.6605 2.6605 2.3395 3.3395")


def test_hard_attention_takes_the_second_value() -> None:
    K = [[1, 2, 0], [0, 3, 4], [5, 0, 0], [0, 0, 1]]
    V = [[2, 0, 1], [1, 4, 3], [0, -1, 4], [1, 0, -1]]
    found = attention.argmax_attention([1, 1, 2], K, V)
    assert found.scores.tolist() == [3, 11, 5, 2]
    assert (found.index, found.out.tolist()) == (1, [1, 4, 3])  # counted from 0


def test_scores_of_64_coordinates_spread_by_eight() -> None:
    assert dict(attention.dot_product_moments(64)) == {"mean": 0, "var": 64, "std": 8}


def test_the_mean_score_is_the_squared_length_of_the_mean_vector() -> None:
    # "d mu^2" holds only where all coordinates have one mean.
    found = attention.dot_product_moments(6, sigma=1.3, mu=[1, -2, 0, 0.5, 0, 3])
    assert all_read([found.mean, found.var], "14.25 65.3016")


def test_with_512_tokens_of_width_64_the_products_do_not_cost_what_the_projections_cost() -> None:
    # They are said to be comparable. The products cost n / (2d) = 4 times as much; they are equal at n = 2d.
    long, equal = attention.attention_cost(512, 64), attention.attention_cost(128, 64)
    assert (long.score_flops + long.value_flops) / long.proj_flops == 4
    assert equal.score_flops + equal.value_flops == equal.proj_flops


def test_more_heads_cost_no_more_products_but_more_softmax() -> None:
    one, eight = attention.attention_cost(128, 64), attention.attention_cost(128, 64, h=8)
    assert (one.score_flops, one.proj_flops) == (eight.score_flops, eight.proj_flops)
    assert eight.softmax_elems == 8 * one.softmax_elems


def test_values_twice_as_wide_need_an_output_layer_twice_as_wide_and_nothing_else() -> None:
    x, eye = [[[1, 2], [3, 4]]], np.eye(2)
    wide = attention.multi_head_attention(x, eye, eye, np.vstack([eye, eye]), np.hstack([eye, eye]), n_heads=1)
    assert np.allclose(wide, 2 * attention.multi_head_attention(x, eye, eye, eye, eye, n_heads=1), rtol=1e-15, atol=0)


def test_how_einsum_spells_attention_with_shared_keys() -> None:
    # "bhn,bhv->bhv" and "bhv,bdv->bd" go round for the sum of the values and the output; they are refused for these shapes.
    b, d, h, k, n = 2, 6, 3, 4, 5
    assert attention.einsum_output_shape("bd,hdk->bhk", [[b, d], [h, d, k]]) == [b, h, k]
    assert attention.einsum_output_shape("bd,dk->bk", [[b, d], [d, k]]) == [b, k]
    assert attention.einsum_output_shape("bhn,bnv->bhv", [[b, h, n], [b, n, k]]) == [b, h, k]
    assert attention.einsum_output_shape("bhv,hvd->bd", [[b, h, k], [h, k, d]]) == [b, d]
    for wrong, shapes in ("bhn,bhv->bhv", [[b, h, n], [b, n, k]]), ("bhv,bdv->bd", [[b, h, k], [h, k, d]]):
        with pytest.raises(ValueError, match="must have one size"):
            attention.einsum_output_shape(wrong, shapes)


def test_in_a_causal_mask_half_of_the_pairs_and_the_diagonal_are_left() -> None:
    assert attention.attention_mask("causal", 8).kept == 36


# What attention costs to decode


def test_the_cache_of_32_layers_of_32_heads_takes_four_gibibytes() -> None:
    # 4294967296 bytes are 4 GiB, and 4.295 GB.
    cache = efficient_attention.kv_cache_bytes(layers=32, kv_heads=32, head_dim=128, seq_len=8192)
    assert (cache.total, cache.GiB, reads(cache.GB, "4.295")) == (4_294_967_296, 4, True)
    assert efficient_attention.kv_cache_bytes(layers=32, kv_heads=32, head_dim=128, seq_len=8192, batch=8).GiB == 32


def test_the_cache_of_llama_2_70b_has_eight_heads_not_sixty_four() -> None:
    # "2.6 MB a token and about 10.5 GB" counts the query heads, eight times too many, and even they take 10.74 GB (10 GiB).
    counted = efficient_attention.kv_cache_bytes(layers=80, kv_heads=64, head_dim=128, seq_len=4096)
    right = efficient_attention.kv_cache_bytes(layers=80, kv_heads=8, head_dim=128, seq_len=4096)
    assert (counted.per_token, counted.GiB, reads(counted.GB, "10.74")) == (2_621_440, 10, True)
    assert (right.per_token, right.GiB, reads(right.GB, "1.342")) == (327_680, 1.25, True)


def test_shared_keys_shrink_the_cache_by_the_number_of_heads() -> None:
    # Writing the traffic of multi-query attention as b n d, as for all heads, is off by the factor h: 64 here.
    def keys(kv_heads: int) -> int:
        cache = efficient_attention.kv_cache_bytes(layers=1, kv_heads=kv_heads, head_dim=64, seq_len=8192, batch=32, bytes_per=1)
        return int(cache.total) // 2

    assert (keys(64), keys(1)) == (1_073_741_824, 16_777_216)


def test_one_head_of_keys_saves_traffic_not_the_work_of_attention() -> None:
    # The scores over a long cache cost the same; only the projections of keys and values shrink, and what is read.
    every, one = (efficient_attention.decode_step_cost(b=32, d=4096, h=64, n=8192, kv_heads=g) for g in (64, 1))
    assert reads(one.flops / every.flops, "0.75")
    assert reads(one.mem_elements / every.mem_elements, "0.031")


def test_weights_of_8192_tokens_take_256_mebibytes_where_the_keys_take_four() -> None:
    assert efficient_attention.attention_matrix_bytes(8192, bytes_per=4).MiB == 256
    both = efficient_attention.kv_cache_bytes(layers=1, kv_heads=1, head_dim=128, seq_len=8192, bytes_per=4)
    assert both.total // 2 == 4 * 2**20


def test_without_a_cache_three_tokens_are_projected_six_times() -> None:
    assert efficient_attention.generation_cost(3, cached=False).projected_tokens == 6
    assert efficient_attention.generation_cost(3, cached=True).projected_tokens == 3


def test_softmax_by_blocks_is_the_softmax() -> None:
    run = efficient_attention.online_softmax_attention([1], [[1], [2], [3]], [[1], [2], [3]], block=2)
    assert all_read([run.trace[0].m, run.trace[0].l, run.trace[1].m, run.trace[1].l], "2.0 1.3679 3.0 1.5032")
    assert reads(run.out[0], "2.5752")
    assert reads(float(losses.softmax([1, 2, 3]) @ [1, 2, 3]), "2.5752")


def test_the_quadratic_kernel_keeps_its_constant() -> None:
    # (q.k + 1)^2 has linear and constant features too: six for two coordinates. Without the 1 there are three, not D^2 = 4.
    assert classical_ml.polynomial_kernel([[1, 2]], [[3, 1]], degree=2).tolist() == [[36]]
    features = [efficient_attention.quadratic_feature_map(x) for x in ([1, 2], [3, 1])]
    assert reads(float(features[0] @ features[1]), "36.0000")
    assert [efficient_attention.quadratic_feature_dim(2, constant) for constant in (True, False)] == [6, 3]


def test_a_squared_similarity_can_still_vanish() -> None:
    # A square is never negative, but 1 * (-1) + 1 is 0: the denominator is 0, and adding 1e-6 to it would hide that.
    with pytest.raises(ValueError, match="denominator must not be 0"):
        efficient_attention.linear_attention([[1]], [[-1]], [[5]])


def test_linear_attention_with_quadratic_features_costs_the_cube_of_the_width() -> None:
    # With features "about as wide as D" it would cost N D^2. They are about D^2 / 2 wide: twice the width, eight times the
    # cost; and softmax attention is cheaper up to about N = D^2 / 2 tokens.
    narrow, wide = (efficient_attention.kernel_attention_cost(N=10_000, D=D, M=D) for D in (64, 128))
    assert (narrow.C, wide.C) == (2145, 8385)
    assert reads(wide.kernel_macs / narrow.kernel_macs, "8")
    assert reads(narrow.crossover_N, "2179")


# Transformers, tokens, embeddings


def test_a_small_gpt_2_has_124_million_parameters() -> None:
    count = transformers.transformer_param_count(L=12, d_model=768, d_ff=3072, vocab=50257, heads=12, n_ctx=1024)
    assert count.total == 124_439_808
    assert reads(12 * 12 * 768**2 + 50257 * 768, "1.24e8")  # the rule of thumb, 12 L d^2 + V d


def test_a_gated_layer_of_eight_thirds_of_4096_is_11008_wide() -> None:
    # 8d/3 is rounded up to a multiple of 256.
    d_ff = -(-8 * 4096 // 3 // 256) * 256
    options: dict[str, Any] = {"bias": False, "tied": False, "glu": True, "norm": "rmsnorm"}
    count = transformers.transformer_param_count(L=32, d_model=4096, d_ff=d_ff, vocab=32000, heads=32, **options)
    assert (d_ff, count.total) == (11008, 6_738_415_616)


def test_position_one_in_sines_and_cosines() -> None:
    assert all_read(transformers.sinusoidal_positional_encoding(2, 4)[1], "0.8415 0.5403 0.0100 0.99995")


def test_rotating_with_the_other_layout_gives_another_score() -> None:
    # And a query of one layout with a key of the other gives a score that means nothing.
    q, k = [1, 2, 3, 4], [2, 0, 1, 1]

    def score(query: Any, key: Any) -> float:
        return float(np.dot(transformers.rope_rotate(q, 5, layout=query), transformers.rope_rotate(k, 2, layout=key)))

    assert all_read([score("interleaved", "interleaved"), score("half", "half"), score("half", "interleaved")], "4.42 -1.60 4.71")


def test_the_first_merges_of_low_lower_newest_widest() -> None:
    # At a tie the smallest pair goes first here; subword-nmt takes the largest, and so begins with "s t".
    counts = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
    assert tokenization.bpe_train(counts, 4).merges == [["e", "s"], ["es", "t"], ["est", "_"], ["l", "o"]]


def test_independent_words_have_no_mutual_information() -> None:
    assert embeddings.pmi(10, 100, 100, 1000) == 0
    assert embeddings.pmi(20, 100, 100, 1000, base=2) == 1


def test_an_embedding_of_fifty_thousand_words_by_768() -> None:
    assert embeddings.onehot_vs_embedding(50257, 768).params == 38_597_376


# Language models and what they say


def test_perplexity_of_four_tokens() -> None:
    text = language_modeling.sequence_nll([0.5, 0.25, 0.1, 0.2])
    assert reads(text.perplexity, "4.4721")
    assert reads(text.perplexity**4, "400.000")  # the product of the inverse probabilities


def test_a_perplexity_of_a_hundred_is_a_choice_among_a_hundred() -> None:
    assert reads(language_modeling.sequence_nll([0.01] * 5).perplexity, "100.000")


def test_a_beam_of_two_finds_what_greed_misses() -> None:
    table = {"<s>": {"A": 0.6, "B": 0.4}, "A": {"A": 0.3, "B": 0.3, "</s>": 0.4}, "B": {"A": 0.05, "B": 0.05, "</s>": 0.9}}
    greedy, wide = (decoding_and_sampling.beam_search(table, beam=beam, max_len=3) for beam in (1, 2))
    assert (greedy.sequence, reads(math.exp(greedy.logprob), "0.24")) == (["<s>", "A", "</s>"], True)
    assert (wide.sequence, reads(math.exp(wide.logprob), "0.36")) == (["<s>", "B", "</s>"], True)


def test_a_nucleus_that_reaches_p_is_full() -> None:
    # Keeping tokens until the sum exceeds p takes one more where it hits p.
    kept = [decoding_and_sampling.top_p_filter([0.5, 0.3, 0.2], 0.5, boundary).kept.tolist() for boundary in ("ge", "gt")]
    assert kept == [[0], [0, 1]]


def test_temperature_sharpens_below_one_and_flattens_above() -> None:
    assert all_read(losses.softmax([1, 2, 3], temperature=0.5), "0.0159 0.1173 0.8668")
    assert all_read(losses.softmax([1, 2, 3], temperature=2), "0.1863 0.3072 0.5065")
    # T = 0 is the limit, greedy decoding, and no value of the formula; and in the limit equal logits share.
    with pytest.raises(ValueError, match="temperature must be greater than 0"):
        losses.softmax([1, 2, 3], temperature=0)
    assert losses.softmax([3, 1, 3], temperature=1e-9).tolist() == [0.5, 0, 0.5]


def test_a_calculator_says_4928_77() -> None:
    # 4930.77 goes round as the answer, in an example of why models need calculators.
    assert llm_agents.exact_product("17.3", "284.9") == "4928.77"


def test_seventeen_times_twenty_four_by_parts() -> None:
    parts = [llm_agents.exact_product("17", factor) for factor in ("20", "4", "24")]
    assert parts == ["340", "68", "408"]


SCORES = {"A": 0.9, "B": 0.2, "A1": 0.9, "A2": 0.3, "A1a": 0.95, "B1": 0.4}
"""What a value model says of the steps of a search for 17 * 24: each is scored once, in this order, and counts for those above."""


def bounds(children: str, scored: int) -> list[float]:
    """The upper confidence bounds of some siblings after so many scores."""
    seen = list(SCORES)[:scored]
    names = children.split()
    parents = sum(name.startswith(names[0][:-1]) for name in seen)

    def bound(child: str) -> float:
        below = [SCORES[name] for name in seen if name.startswith(child)]
        return float(llm_agents.ucb_score(sum(below), len(below), parents))

    return [bound(child) for child in names]


def test_upper_confidence_bounds_of_a_search_for_a_product() -> None:
    assert all_read(bounds("A B", 2), "2.066 1.366")  # the better one first
    assert all_read(bounds("A B", 5), "1.651 1.976")  # then the one with a single visit
    assert all_read(bounds("A B", 6), "1.699 1.625")
    # Below A the search is said to turn to A2 next, as the less explored; the bound of A1 is still higher.
    assert all_read(bounds("A1 A2", 6), "2.091 1.948")


def test_a_leaf_is_evaluated_at_every_visit() -> None:
    # A search that scores only new nodes goes back to a leaf for ever and learns nothing: one score in twenty rounds.
    found = llm_agents.mcts_search([[1, 2], [], []], [0, 0.9, 0.2], iterations=20)
    root, good, bad = found.visits.tolist()
    assert root == good + bad == 20
    assert reads(found.value_sum[0], f"{0.9 * good + 0.2 * bad:.1f}")


def test_three_voters_are_better_than_one_that_is_right_more_often_than_not() -> None:
    assert all_read([llm_agents.majority_vote_accuracy(p, 3) for p in (0.4, 0.5, 0.6)], "0.352 0.500 0.648")


def test_the_policy_that_a_penalty_allows() -> None:
    assert all_read(alignment.kl_optimal_policy([0.5, 0.5], [0, 1], beta=1), "0.2689 0.7311")
    assert alignment.kl_regularized_reward(1, [-1], [-1.5], beta=0.1).objective == 0.95


# Fine-tuning


def test_lora_of_rank_eight_trains_a_256th() -> None:
    count = finetuning.lora_param_count(4096, 4096, r=8)
    assert (count.lora, count.full, 1 / count.ratio) == (65_536, 16_777_216, 256)
    # It saves only below the rank d_out d_in / (d_out + d_in).
    assert linear_algebra.low_rank_param_count(4096, 4096, 8).break_even_rank == 2048


def test_lora_starts_from_the_base_layer_and_must_not_start_from_zero_twice() -> None:
    start = finetuning.lora_forward([[1, 2]], [[3, 4]], A=[[1, 1]], B=[[0]], alpha=1)
    assert start.y.tolist() == [[11]]
    assert finetuning.lora_forward([[1] * 4], [[1] * 4], A=np.ones((4, 4)), B=np.zeros((1, 4)), alpha=1).scale == 0.25
    dead = finetuning.lora_backward([1, 2], [1], A=[[0, 0]], B=[[0]], alpha=1)
    assert not dead.dA.any()
    assert not dead.dB.any()


def test_the_mean_of_products_is_not_the_product_of_means() -> None:
    gap = finetuning.lora_federated_gap(Bs=[[[1]], [[3]]], As=[[[1]], [[3]]])
    assert (gap.avg_product.item(), gap.product_of_avgs.item(), gap.fro_gap) == (5, 4, 1)


# Classical methods


def test_large_diagonal_entries_do_not_make_a_matrix_invertible() -> None:
    # Ridge works because lambda is added to eigenvalues that are not negative, not because the diagonal is at least lambda:
    # here X^T X is [[2, 2], [2, 2]], and singular.
    X, y = [[1, 1], [1, 1]], [1, 1]
    with pytest.raises(np.linalg.LinAlgError):
        classical_ml.ols_fit(X, y)
    assert all_read(classical_ml.ridge_fit(X, y, lam=1), "0.4 0.4")


def test_five_folds_of_a_hundred_train_on_eighty() -> None:
    folds = classical_ml.kfold_train_size(100, 5)
    assert (folds.fold_sizes, folds.train_min, folds.train_max) == ([20] * 5, 80, 80)


def test_shrinking_a_noisy_mean_to_a_half_halves_its_error() -> None:
    shrunk = classical_ml.bias_variance_shrinkage(mu=1, sigma2=4, n=4, c=0.5)
    assert (shrunk.bias2, shrunk.variance, shrunk.total, shrunk.c_opt) == (0.25, 0.25, 0.5, 0.5)
    assert classical_ml.bias_variance_shrinkage(mu=1, sigma2=4, n=4, c=1).total == 1


def test_the_margin_is_one_over_the_length_of_w_and_the_band_is_twice_as_wide() -> None:
    svm = classical_ml.hard_margin_svm([[0, 0], [4, 0]], [-1, 1])
    assert (svm.w.tolist(), svm.b, svm.margin) == ([0.5, 0], -1, 2)


def test_a_sample_on_the_margin_need_not_support() -> None:
    # "Points on the margin have alpha > 0" turns the implication round.
    svm = classical_ml.hard_margin_svm([[1, 0], [-1, 0], [-1, 2]], [1, -1, -1])
    assert (svm.on_margin.tolist(), svm.support.tolist()) == ([0, 1, 2], [0, 1])


def test_a_decision_without_its_offset_falls_on_the_other_side() -> None:
    at: dict[str, Any] = {"alpha": [0.5, 0.5], "y": [1, -1], "X": [[3, 0], [1, 0]], "x": [1.5, 0]}
    assert classical_ml.svm_dual_decision(**at, b=-2).score == -0.5
    assert classical_ml.svm_dual_decision(**at, b=0).score == 1.5


def test_the_gaussian_kernel_at_one_width() -> None:
    assert all_read(classical_ml.rbf_kernel([[0]], [[0], [1], [2]], sigma=1), "1.0 0.6065 0.1353")
    assert all_read(classical_ml.rbf_kernel([[0]], [[1]], gamma=0.5), "0.6065")


def test_two_of_three_principal_components() -> None:
    pca = linear_algebra.pca_from_singular_values([3, 2, 1], n=11, k=2)
    assert all_read([*pca.explained_variance, *pca.explained_ratio, pca.frob_error], "0.9 0.4 0.643 0.286 1.0")


def test_labels_belong_to_the_centroids_that_are_returned() -> None:
    # When k-means stops at its limit, the labels of the last assignment are those of the centroids before: 0, 1, 1, 1 here.
    points, start = [[0], [1], [5], [9]], [[0], [1]]
    assert clustering.kmeans_step(points, start).labels.tolist() == [0, 1, 1, 1]
    assert clustering.kmeans_fit(points, start, max_iter=1).labels.tolist() == [0, 0, 1, 1]


def test_the_next_centre_is_drawn_by_squared_distance() -> None:
    assert all_read(clustering.kmeans_pp_probabilities([[0], [1], [3]], [[0]]), "0.0 0.1 0.9")


def test_a_point_halfway_stays_shared_however_narrow_the_components() -> None:
    # Hard assignment is the limit for every other point.
    for variance in (1, 1e-6):
        assert clustering.gmm_responsibilities([1], [[0], [2]], variance, [0.5, 0.5]).tolist() == [0.5, 0.5]
    assert reads(clustering.gmm_responsibilities([0.9], [[0], [2]], 0.01, [0.5, 0.5])[0], "1.000000")


# Generative models


def test_two_steps_of_noise_leave_the_product_of_what_each_leaves() -> None:
    moments = generative.ddpm_forward_moments(1, [0.1, 0.2], t=2)
    assert reads(moments.var, "0.28")  # 0.8 * 0.1 + 0.2, which is 1 - 0.9 * 0.8
    assert reads(moments.mean**2, "0.72")


def test_a_sample_moves_with_its_mean_and_its_noise() -> None:
    sample = generative.vae_reparameterize([1], [2], [-0.5])
    assert (sample.z.item(), sample.dz_dmu.item(), sample.dz_dsigma.item()) == (0, 1, -0.5)


def test_a_code_one_off_the_prior_costs_half_a_nat() -> None:
    assert generative.gaussian_kl_standard_normal([1], [0]) == 0.5


# Programs


def test_the_first_place_that_reaches_the_target() -> None:
    assert algorithms.lower_bound([1, 3, 3, 5], 3).index == 1
    assert algorithms.lower_bound([1, 3, 3, 5], 6).index == 4


def test_two_pointers_must_step_over_equal_values() -> None:
    # Moving both pointers after a hit, and no more, gives [1, 6] twice.
    assert algorithms.two_pointer_pairs([1, 1, 6, 6], 7) == [[1, 6]]


def test_the_shortest_window_shrinks_while_it_suffices() -> None:
    # The loop for the longest window shrinks while the condition fails; here that would find nothing.
    assert algorithms.min_window_sum([2, 3, 1, 2, 4, 3], 7) == 2
    assert algorithms.longest_unique_substring("abcabcbb") == 3


def test_a_recurrence_of_two_terms_needs_two_to_begin_with() -> None:
    # A table with its first cell alone reads its last cell as the one before the first.
    assert [algorithms.linear_recurrence_dp([0, 1], [1, 1], n) for n in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]


def test_levels_of_a_tree_and_of_none() -> None:
    assert graphs.level_order([3, 9, 20, None, None, 15, 7]) == [[3], [9, 20], [15, 7]]
    assert graphs.level_order([]) == []


def test_what_is_not_contiguous_can_often_still_be_viewed() -> None:
    # "view needs contiguous memory": it needs compatible strides. Every second column of three by four, as three by two by one:
    sliced = pytorch.view_compatible([3, 2], [4, 2], [3, 2, 1])
    assert (sliced.contiguous, sliced.viewable) == (False, True)
    assert not pytorch.view_compatible([2, 3], [1, 2], [6]).viewable  # a transpose
