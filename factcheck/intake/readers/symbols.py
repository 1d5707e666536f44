"""The Symbol font: characters that old documents write with letters of a font of its own → the Unicode characters."""

from __future__ import annotations

_GREEK_LARGE = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"
_GREEK_SMALL = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_UPPER = {
    0xA0: "€", 0xA2: "′", 0xA3: "≤", 0xA4: "⁄", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓",
    0xB0: "°", 0xB1: "±", 0xB2: "″", 0xB3: "≥", 0xB4: "×", 0xB5: "∝", 0xB6: "∂", 0xB7: "•", 0xB8: "÷", 0xB9: "≠",
    0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xC5: "⊕", 0xC6: "∅", 0xCE: "∈", 0xD0: "∠", 0xD2: "®", 0xD3: "©", 0xD4: "™",
    0xD5: "∏", 0xD6: "√", 0xD7: "⋅", 0xD8: "¬", 0xD9: "∧", 0xDA: "∨", 0xDB: "⇔", 0xDE: "⇒", 0xE2: "®", 0xE3: "©",
    0xE4: "™", 0xE5: "∑", 0xF2: "∫", 0x2D: "−", 0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x40: "≅", 0x7E: "∼",
}  # fmt: skip
_SYMBOL = {
    **{code: chr(code) for code in range(0x20, 0x7F)},
    **{0x41 + index: letter for index, letter in enumerate(_GREEK_LARGE)},
    **{0x61 + index: letter for index, letter in enumerate(_GREEK_SMALL)},
    **_UPPER,
}
_PICTURES = ("wingdings", "webdings", "marlett", "zapf dingbats", "zapfdingbats", "bookshelf symbol")


def symbol(code: int, font: str) -> str:
    """The character of a code in a font, "" where the font draws pictures or has none for it.

    >>> symbol(0xF0B1, "Symbol"), symbol(0xB1, "Arial"), symbol(0xF0FC, "Wingdings")
    ('±', '±', '')
    """
    name = font.lower().strip()
    low = code - 0xF000 if 0xF000 <= code <= 0xF0FF else code
    if name == "symbol":
        return _SYMBOL.get(low, "")
    if name.startswith(_PICTURES) or 0xE000 <= code <= 0xF8FF or not 0x20 <= code <= 0x10FFFF:
        return ""
    return "" if 0xD800 <= code <= 0xDFFF else chr(code)


def from_symbol_font(text: str) -> str:
    """Text that is set in the Symbol font, as it shows; what stands outside the font's own codes stays."""
    return "".join(symbol(ord(char), "Symbol") or char if "\uf000" <= char <= "\uf0ff" else char for char in text)
