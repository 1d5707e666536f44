"""The counted noun of a figure and its event: the value that the modules of this package fill in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountedNoun:
    """The counted noun as written, its head, the event word beside it with its family, and a definition.

    ``inherited`` where the noun is a pronoun's; ``first`` where the figure before counts another event, so that
    "another 78 were injured" is the whole of the injured.
    """

    noun: str = ""
    head: str = ""
    event: str = ""
    family: str = ""
    definition: str = ""
    side: str = ""
    quantity: str = ""
    inherited: bool = False
    first: bool = False

    @property
    def phrase(self) -> str:
        """The words an editor reads: "Red Cross staff killed", "settlements under control"."""
        tail = self.definition or ("" if self.event in self.noun.split() else self.event)
        front = self.quantity if self.quantity not in self.noun else ""
        return " ".join(w for w in (front, self.noun, tail) if w)
