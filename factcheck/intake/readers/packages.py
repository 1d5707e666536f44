"""ZIP packages of office programs: their parts, found by relationships and content types, within limits.

Whoever wrote a file chose the names of its parts; only the relationships say what they are.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from factcheck.intake.extracts import Unreadable
from factcheck.intake.readers.xml_trees import local_name, ordinary_names, parse_xml

MAX_UNPACKED = 100_000_000
MAX_XML = 30_000_000
MAX_PARTS = 3_000
MAX_DIRECTORY = 1_000_000
"""The largest part that says where the others are."""


@dataclass(frozen=True, slots=True)
class PackageRelationship:
    """That a part uses another one: `kind` is the last step of the type's address, such as "styles"."""

    kind: str
    target: str


class Package:
    """An opened package. Raises Unreadable (malformed, encrypted, bomb) where it cannot be opened or is too much."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
            message = "The file is damaged: it begins like a ZIP or an office document but cannot be opened."
            raise Unreadable("malformed", message) from None
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable("encrypted", "The file is protected by a password. Please save it without one.")
        self._sizes = {entry.filename: entry.file_size for entry in entries}
        self._names = {name.lower(): name for name in reversed(self._sizes)}

    @property
    def names(self) -> frozenset[str]:
        """The names of all parts, in lower case."""
        return frozenset(self._names)

    def check_size(self) -> None:
        """Raises Unreadable (bomb) where unpacking would be far more than a document takes."""
        xml = sum(size for name, size in self._sizes.items() if name.lower().endswith((".xml", ".rels")))
        if len(self._sizes) > MAX_PARTS or xml > MAX_XML or sum(self._sizes.values()) > MAX_UNPACKED:
            raise Unreadable("bomb", "The document unpacks to far more than its size; not read.")

    def part(self, name: str, most: int = MAX_XML) -> bytes:
        """The bytes of a part; none where there is no such part or it is larger than `most`."""
        known = self._names.get(name.lower(), "")
        if not known or self._sizes[known] > most:
            return b""
        return self._archive.read(known)

    def tree(self, name: str) -> Any:
        """The root of a part in ordinary names, or None where there is no such part."""
        data = self.part(name)
        return ordinary_names(parse_xml(data)) if data else None

    def relations(self, name: str = "") -> list[PackageRelationship]:
        """What a part uses within the package, or the package itself."""
        folder, _, last = name.rpartition("/")
        data = self.part(posixpath.join(folder, "_rels", f"{last}.rels"), MAX_DIRECTORY)
        found = parse_xml(data) if data else ()
        return [
            PackageRelationship(
                (node.get("Type") or "").rstrip("/").rpartition("/")[2], _place(folder, node.get("Target") or "")
            )
            for node in found
            if local_name(node) == "Relationship" and node.get("TargetMode") != "External"
        ]

    def content_types(self) -> dict[str, str]:
        """The content type of each part that has one of its own, by its name in lower case."""
        data = self.part("[Content_Types].xml", MAX_DIRECTORY)
        found = parse_xml(data) if data else ()
        parts = ((node.get("PartName") or "", node.get("ContentType") or "") for node in found)
        return {part.lstrip("/").lower(): kind for part, kind in parts if part}

    def main_part(self) -> tuple[str, str]:
        """The part that holds the document and its content type, "" where it is not said."""
        types = self.content_types()
        related = [relation.target for relation in self.relations() if relation.kind == "officeDocument"]
        stated = [part for part, kind in types.items() if kind.endswith(".main+xml")]
        name = next((part for part in [*related, *stated] if part.lower() in self._names), "")
        return name, types.get(name.lower(), "")


def _place(folder: str, target: str) -> str:
    """Where a target lies, as the name of a part; it cannot lead out of the package."""
    whole = posixpath.normpath(posixpath.join("/", folder, unquote(target)))
    return whole.lstrip("/")
