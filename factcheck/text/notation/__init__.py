"""How numbers are printed: each notation is read as the one that the rest of the engine knows, and put back after.

- ``normal_form``: the ordered rules, and the place of each character in the text as stored
- ``footnotes``: marks beside numbers and words, powers in raised digits
- ``line_ends``: numbers and words broken over a line end
- ``separators``: fullwidth digits, decimal commas, points and blanks between thousands
- ``shorthand``: powers of ten, feet and inches, "Rs.", "c.", "half-a-dozen"
"""

from factcheck.text.notation.normal_form import RULES, normal_form, put_back

__all__ = ["RULES", "normal_form", "put_back"]
