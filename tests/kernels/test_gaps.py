"""Tests that the mutation check asked for: bugs that nothing else would catch. Each is named after the kernel it concerns."""

from kernels.llm_agents import mcts_search


def test_mcts_search_takes_the_most_visited_child_and_not_the_best_on_average() -> None:
    # Node 1 looks best until the search goes below it, where it finds nothing but 0.
    found = mcts_search([[1, 2], [3], [], []], [0, 1.0, 0.5, 0.0], iterations=4, c=0)
    assert found.visits.tolist() == [4, 3, 1, 2]
    assert found.value_sum[1] / 3 < found.value_sum[2] / 1
    assert found.best_child == 1


def test_mcts_search_ties_are_those_of_the_values_as_written() -> None:
    # In binary 0.7 + 0.1 is less than 0.8. On paper both children have the mean 0.4 after three rounds, and the first is next.
    assert 0.7 + 0.1 < 0.4 + 0.4
    found = mcts_search([[1, 2], [3], [], []], [0, 0.7, 0.4, 0.1], iterations=4, c=0)
    assert found.trace[3].scores[0] == [0.4, 0.4]
    assert found.trace[3].path == [0, 1, 3]
