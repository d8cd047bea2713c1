"""Random arguments for every kernel.

``ALL[name]`` is a hypothesis strategy of keyword arguments, collected from ``INPUTS`` of the modules beside this one.
"""

from importlib import import_module
from pkgutil import iter_modules

ALL = {
    name: strategy
    for module in sorted(found.name for found in iter_modules(__path__))
    if module != "common"
    for name, strategy in import_module(f"{__name__}.{module}").INPUTS.items()
}
