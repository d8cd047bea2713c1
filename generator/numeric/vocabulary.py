"""What the names in an expression stand for: whether each exists, and which kernels are called."""

import ast
from collections.abc import Iterable, Mapping

import kernels
from generator.blocks import short
from generator.expression import Expression
from generator.numeric.functions import CONSTANTS, FUNCTIONS, OTHER_NAMES
from generator.numeric.signatures import check_call
from generator.problems import Problems, did_you_mean


def check(expression: Expression, names: Iterable[str], fields: Mapping[str, tuple[str, ...]], problems: Problems) -> bool:
    """Whether every name, function, argument and field exists; each that does not is reported.

    Args:
        names: what may be read.
        fields: the fields of those names whose value is the result of a kernel that returns several.
    """
    known = {*names, *CONSTANTS}
    before = len(problems)
    called = {id(node.func) for node in ast.walk(expression.tree) if isinstance(node, ast.Call)}
    for node in ast.walk(expression.tree):
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in known:
            _report_name(expression, node, known, problems)
        elif isinstance(node, ast.Call):
            _check_function(expression, node, problems)
        elif isinstance(node, ast.Attribute):
            _check_field(expression, node, fields, problems)
    return len(problems) == before


def _report_name(expression: Expression, node: ast.Name, known: set[str], problems: Problems) -> None:
    callable_names = {*FUNCTIONS, *kernels.names()}
    if node.id in OTHER_NAMES:
        hint = OTHER_NAMES[node.id]
    elif node.id in callable_names:
        hint = f"call it: {node.id}(…)"
    else:
        hint = did_you_mean(node.id, known)
    problems.error(expression.place(node), f"unknown name {short(node.id)}", hint)


def _check_function(expression: Expression, node: ast.Call, problems: Problems) -> None:
    assert isinstance(node.func, ast.Name)
    name = node.func.id
    place = expression.place(node)
    if function := FUNCTIONS.get(name):
        if node.keywords:
            problems.error(place, f"{name} takes no named arguments")
        elif not function.least <= len(node.args) <= function.most:
            wanted = str(function.least) if function.least == function.most else f"{function.least} to {function.most}"
            problems.error(place, f"{name} takes {wanted} argument{'s' * (wanted != '1')}, here are {len(node.args)}")
    elif name in kernels.names():
        for offset, message, hint in check_call(kernels.get(name), node):
            problems.error(expression.at(offset), message, hint)
    else:
        hint = OTHER_NAMES.get(name) or did_you_mean(name, [*FUNCTIONS, *kernels.names()])
        problems.error(place, f"there is no function or kernel {short(name)}", hint)


def _check_field(expression: Expression, node: ast.Attribute, fields: Mapping[str, tuple[str, ...]], problems: Problems) -> None:
    known: tuple[str, ...] = ()
    if isinstance(node.value, ast.Name):
        known = fields.get(node.value.id, ())
    elif isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id in kernels.names():
        known = kernels.get(node.value.func.id).fields
    elif isinstance(node.value, ast.Subscript | ast.Attribute | ast.Call) and not _is_function(node.value):
        return  # an entry of a kernel's list of results: known when it is there; or a call of what is no kernel, which is reported
    if node.attr not in known:
        hint = did_you_mean(node.attr, known) if known else "only the result of a kernel has fields"
        offset = (node.end_col_offset or node.col_offset + len(node.attr)) - len(node.attr)
        problems.error(expression.at(offset), f"there is no field {short(node.attr)} here", hint)


def _is_function(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS


def fields_of(expression: Expression) -> tuple[str, ...]:
    """The fields of the value, where the expression is nothing but the call of a kernel that returns several things."""
    tree = expression.tree
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in kernels.names():
        return kernels.get(tree.func.id).fields
    return ()


def kernels_in(expression: Expression) -> tuple[str, ...]:
    """The kernels that the expression calls, in order."""
    called = [node.func for node in ast.walk(expression.tree) if isinstance(node, ast.Call)]
    names = [node.id for node in sorted(called, key=lambda node: node.col_offset) if isinstance(node, ast.Name)]
    return tuple(dict.fromkeys(name for name in names if name not in FUNCTIONS and name in kernels.names()))
