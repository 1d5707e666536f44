"""What is set for the characters of a Word document by a property of their run, or by the style that names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_RESTING = 10
"""How many styles a style may rest on, one on the other."""
_OFF = frozenset(["0", "false", "off", "none"])


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a document by their id."""

    found: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any) -> Styles:
        """The styles of a part, none where there is no such part."""
        return cls({} if root is None else {style.get(W + "styleId") or "": style for style in root.iter(W + "style")})

    def name(self, style: str) -> str:
        """What a style is called in the program, in lower case."""
        return value(self.found.get(style), "name").lower()

    def chain(self, style: str) -> list[Any]:
        """The run properties of a style and of those it rests on, nearest first."""
        properties: list[Any] = []
        for _ in range(MOST_RESTING):
            found = self.found.get(style)
            if found is None:
                break
            properties.append(found.find(W + "rPr"))
            style = value(found, "basedOn")
        return properties

    def layers(self, run: Any, paragraph_style: str) -> list[Any]:
        """All run properties that may set something for a run, nearest first."""
        own = run.find(W + "rPr")
        return [own, *self.chain(value(own, "rStyle")), *self.chain(paragraph_style)]


def value(element: Any, name: str) -> str:
    """The value of a property, "" where there is none."""
    found = None if element is None else element.find(W + name)
    return "" if found is None else found.get(W + "val") or ""


def is_on(layers: list[Any], *names: str) -> bool:
    """Whether one of some switches is on in the nearest layer that sets it."""
    return any(_switched(layers, name) for name in names)


def _switched(layers: list[Any], name: str) -> bool:
    for layer in layers:
        found = None if layer is None else layer.find(W + name)
        if found is not None:
            return (found.get(W + "val") or "1").lower() not in _OFF
    return False


def nearest(layers: list[Any], name: str) -> str:
    """The value of a property in the nearest layer that has one."""
    return next((found for layer in layers if (found := value(layer, name))), "")
