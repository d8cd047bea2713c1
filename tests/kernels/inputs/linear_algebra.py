"""Random arguments for the kernels of linear algebra."""

from hypothesis import strategies as st

from tests.kernels.inputs.common import extreme, plain, vectors

lengths = st.integers(1, 6)

INPUTS = {
    "dot_product": lengths.flatmap(lambda n: st.fixed_dictionaries({"a": vectors(n, extreme), "b": vectors(n, extreme)})),
    "vector_projection": lengths.flatmap(
        lambda n: st.fixed_dictionaries({"a": vectors(n, plain), "b": vectors(n, plain).filter(lambda b: abs(b).max() > 1e-3)})
    ),
}
