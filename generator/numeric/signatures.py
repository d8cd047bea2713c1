"""How expressions call kernels: which arguments there are, what each takes, and how large it may be."""

import ast
import collections.abc
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import ArrayLike

import kernels
from generator.blocks import short
from generator.numeric.values import Members, Refusal, Value, as_fraction, describe, is_number, to_float, whole
from generator.numeric.watch import Late, watched
from generator.problems import did_you_mean
from kernels import Kernel, Record

ENTRIES = 256
"""The most numbers in the arguments of one call: a card has a handful."""
LOOPS = 1_000
"""The largest whole number that may drive a loop or a shape."""
COUNTS = 10**15
"""The largest whole number that only enters a formula."""
SECONDS = 5.0
"""How long one call may take: a thousand times what a card needs."""
LETTERS = 200
"""The longest string argument."""

FORMULAS = frozenset(
    """
    adam_step attention_cost attention_matrix_bytes beta_bernoulli_map bias_variance_shrinkage clt_tail_probability
    conv_output_size decode_step_cost distribution_moments double_softmax_loss_floor
    eig_identity_plus_rank_one flash_io_accesses generation_cost gradient_chain_gain hoeffding_bound init_std
    kernel_attention_cost kmeans_cost kv_cache_bytes length_normalized_score lora_param_count
    low_rank_param_count matmul_shape_and_cost ols_prediction_variance onehot_vs_embedding pca_from_singular_values pmi
    quadratic_feature_dim sample_variance_bias transformer_param_count ucb_score unet_skip_channels warmup_lr
    """.split()
)
"""The kernels whose whole-number arguments only enter a formula, so that a large one costs nothing. A test tries each."""
LISTING = {"beam_search": 30, "dot_product_moments": 100_000, "kfold_train_size": 10_000}
"""Kernels with a limit of their own in place of ``LOOPS``: a beam of many long sequences takes long, a list of numbers does not."""


@dataclass(frozen=True)
class Argument:
    """What an argument of a kernel takes."""

    whole: bool = False
    """Whole numbers, alone or in lists."""
    words: tuple[str, ...] = ()
    text: bool = False
    """Any string."""
    table: bool = False
    """Tables, alone or in lists, or tables of tables: words with values."""
    writable: bool = True
    """Whether an expression can write it at all: a function it cannot."""


@cache
def arguments_of(name: str) -> Mapping[str, Argument]:
    """The arguments of a kernel, in order."""
    kernel = kernels.get(name)
    hints = get_type_hints(kernel.function)
    return {arg: _argument(hints.get(arg, Any), kernel.words.get(arg, ())) for arg in kernel.signature.parameters}


def _argument(hint: Any, words: tuple[str, ...]) -> Argument:
    parts = set(_parts(hint))
    array = set(_parts(ArrayLike)) <= parts
    return Argument(
        whole=int in parts and float not in parts and not array,
        words=words,
        text=str in parts and not array,
        table=bool(parts & {collections.abc.Mapping, dict}),
        writable=array or collections.abc.Callable not in parts,
    )


def _parts(hint: Any) -> Iterator[Any]:
    """The types that a hint is made of."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (collections.abc.Callable, collections.abc.Mapping, dict):
        yield origin
    elif inner and origin is not None:
        for part in inner:
            yield from _parts(part)
    else:
        yield hint if isinstance(hint, collections.abc.Hashable) else None


def check_call(kernel: Kernel, node: ast.Call) -> Iterator[tuple[int, str, str]]:
    """What is wrong with a call as it is written: offset, message and hint."""
    known = arguments_of(kernel.name)
    named = [keyword.arg or "" for keyword in node.keywords]
    for keyword in node.keywords:
        if keyword.arg not in known:
            yield (
                keyword.col_offset,
                f"{kernel.name} has no argument {short(keyword.arg or '')}",
                did_you_mean(keyword.arg or "", known),
            )
    if len(node.args) > len(known):
        yield node.args[len(known)].col_offset, f"{kernel.name} takes at most {len(known)} arguments", _signature(kernel)
        return
    given = dict(zip(known, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg in given:
            yield keyword.col_offset, f"{kernel.name} gets its argument {keyword.arg} twice", ""
        given[keyword.arg or ""] = keyword.value
    missing = [
        name
        for name, parameter in kernel.signature.parameters.items()
        if parameter.default is inspect.Parameter.empty and name not in given and name not in named
    ]
    if missing:
        yield node.col_offset, f"{kernel.name} lacks {' and '.join(missing)}", _signature(kernel)
    for name, value in given.items():
        if name in known:
            yield from _check_argument(kernel, name, known[name], value)


def _check_argument(kernel: Kernel, name: str, argument: Argument, value: ast.expr) -> Iterator[tuple[int, str, str]]:
    if not argument.writable:
        yield value.col_offset, f"{kernel.name} takes a function as {name}, which an expression cannot write", ""
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        problem = _refuse_word(kernel, name, argument, value.value)
        if problem is not None:
            yield (value.col_offset, *problem)


def _refuse_word(kernel: Kernel, name: str, argument: Argument, word: str) -> tuple[str, str] | None:
    if argument.text:
        return (f"{name} is longer than {LETTERS} characters", "") if len(word) > LETTERS else None
    if not argument.words:
        return f"{kernel.name} takes no word as {name}", ""
    if word not in argument.words:
        return f"{kernel.name} does not know the {name} {short(word)!r}", did_you_mean(word, argument.words)
    return None


def _signature(kernel: Kernel) -> str:
    return f"it is {kernel.name}({', '.join(kernel.signature.parameters)})"


def largest_whole(name: str) -> int:
    """The largest whole number that a kernel gets."""
    return COUNTS if name in FORMULAS else LISTING.get(name, LOOPS)


class Calls:
    """Calls kernels for the expressions of one drawing, each call once, and keeps them for the proof."""

    def __init__(self) -> None:
        self.made: dict[str, tuple[Kernel, dict[str, Any], Any]] = {}
        """Kernel, arguments and result of every call, in the order of the first."""

    def __call__(self, kernel: Kernel, args: list[Value], named: Mapping[str, Value]) -> Any:
        """The kernel's own result.

        Raises:
            Refusal: an argument does not fit, is too large, or the kernel refuses.
        """
        arguments = bind(kernel, args, named)
        key = f"{kernel.name} {arguments!r}"
        if key not in self.made:
            self.made[key] = (kernel, arguments, call(kernel, arguments))
        return self.made[key][2]


def call(kernel: Kernel, arguments: Mapping[str, Any]) -> Any:
    """The kernel's result; whatever it raises is a refusal: the arguments are an author's, and no author should see a traceback."""
    try:
        with np.errstate(all="ignore"), watched(SECONDS):
            return kernel(**arguments)
    except Late:
        raise Refusal(f"{kernel.name} takes too long", "take smaller numbers") from None
    except ValueError as error:
        raise Refusal(f"{kernel.name} refuses: {error}", "exclude it with  require") from None
    except Exception as error:
        raise Refusal(f"{kernel.name} fails: {type(error).__name__}: {error}", "check the arguments") from None


def bind(kernel: Kernel, args: list[Value], named: Mapping[str, Value]) -> dict[str, Any]:
    """The arguments by name, as the kernel takes them: floats (those of the digits on the card), whole numbers where it counts."""
    known = arguments_of(kernel.name)
    values = dict(zip(known, args, strict=False)) | dict(named)
    arguments = {name: _convert(kernel, name, known[name], value) for name, value in values.items()}
    entries = sum(_size(value) for value in arguments.values())
    if entries > ENTRIES:
        raise Refusal(f"{kernel.name} gets {entries} numbers; {ENTRIES} are allowed")
    for name, value in arguments.items():
        if not known[name].whole and isinstance(value, list) and _whole(value) and _counts(kernel.name, name, arguments):
            arguments[name] = _integers(value)
    return arguments


def _convert(kernel: Kernel, name: str, argument: Argument, value: Value) -> Any:
    if isinstance(value, tuple):
        if len(value) > ENTRIES:
            raise Refusal(f"{kernel.name} gets {len(value)} entries as {name}; {ENTRIES} are allowed")
        return [_convert(kernel, name, argument, item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if problem := _refuse_word(kernel, name, argument, value):
            raise Refusal(*problem)
        return value
    if isinstance(value, Record) and argument.table:
        return {key: _entry(kernel, name, item) for key, item in value.items()}
    if isinstance(value, Members | Record):
        raise Refusal(
            f"{kernel.name} cannot take {describe(value)} as {name}", "take one of its fields" * isinstance(value, Record)
        )
    if not is_number(value):
        raise Refusal(f"{kernel.name} cannot take {describe(value)} as {name}")
    if not argument.whole:
        return to_float(value)
    number = whole(value, f"the {name} of {kernel.name}")
    if abs(number) > (most := largest_whole(kernel.name)):
        raise Refusal(f"the {name} of {kernel.name} is beyond {most:,}: {number:,}")
    return number


def _entry(kernel: Kernel, name: str, value: Value) -> Any:
    """An entry of a table: a whole number stays one, since it may count or be a size."""
    counts = is_number(value) and as_fraction(value).denominator == 1
    return _convert(kernel, name, Argument(whole=counts, table=True, text=True), value)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_size(item) for item in value.values())
    return sum(_size(item) for item in value) if isinstance(value, list) else 1


def _whole(value: Any) -> bool:
    if isinstance(value, list):
        return all(_whole(item) for item in value)
    return isinstance(value, float) and value.is_integer()


def _integers(value: Any) -> Any:
    return [_integers(item) for item in value] if isinstance(value, list) else int(value)


_counting: dict[tuple[str, str], bool] = {}
"""Kernel and argument -> whether an array there holds labels or the like, where it was found out."""


def _counts(name: str, argument: str, arguments: Mapping[str, Any]) -> bool:
    """Whether an array argument holds labels or the like: whether the kernel refuses fractions there, and says so.

    A kernel takes 2.0 for a label as well as 2; an oracle that indexes with it may not.
    """
    if (name, argument) not in _counting:
        try:
            with np.errstate(all="ignore"), watched(SECONDS):
                kernels.get(name)(**{**arguments, argument: _nudged(arguments[argument])})
        except Exception as error:
            if "integer" not in str(error) or argument not in str(error):
                return False  # refused for another reason: nothing was found out
            _counting[name, argument] = True
        else:
            _counting[name, argument] = False
    return _counting[name, argument]


def _nudged(value: Any) -> Any:
    return [_nudged(item) for item in value] if isinstance(value, list) else value + 0.25
