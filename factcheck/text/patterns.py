"""Regular expressions that are compiled when first used, so that importing the engine stays quick.

What a pattern matches is written beside the rule that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_EVERY: list[Pattern] = []


class Pattern:
    """A regular expression, compiled at its first use; from then on its methods are those of ``re`` itself.

    Two threads at worst compile it twice. ``findall`` gives the words of whole matches, whatever groups there are.

    >>> Pattern(r"[a-c]+").findall("xabcx")
    ['abc']
    """

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[str]]
    sub: Callable[..., str]

    def __init__(self, source: str, flags: int = 0) -> None:
        self._source = source
        self._flags = flags
        _EVERY.append(self)

    def __getattr__(self, name: str) -> Any:
        """Called only while a method is missing: compile, and keep the methods of the compiled pattern."""
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = re.compile(self._source, self._flags)
        for method in ("search", "match", "fullmatch", "finditer", "sub"):
            setattr(self, method, getattr(compiled, method))
        self.findall = compiled.findall if not compiled.groups else _whole(compiled)
        return getattr(self, name)


def _whole(compiled: re.Pattern[str]) -> Callable[..., list[str]]:
    return lambda *stretch: [m.group() for m in compiled.finditer(*stretch)]


def compile_all() -> None:
    """Compile every pattern now: for a process that reads many texts and wants the first to take no longer."""
    for pattern in _EVERY:
        _ = pattern.search


def alternatives(words: Iterable[str]) -> str:
    """A pattern that matches any of the words, longest first."""
    return "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w)))
