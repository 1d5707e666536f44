"""The rules stated in the docstrings of the engine hold as written."""

import doctest
import importlib
import pkgutil

import pytest

import factcheck.text

MODULES = sorted(
    m.name for m in pkgutil.walk_packages(factcheck.text.__path__, "factcheck.text.") if not m.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
