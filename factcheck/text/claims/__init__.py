"""Claims: which sentences and clauses state something that can be checked. Whether it is true is for people.

- ``clauses``: splits a sentence into clauses that stand on their own
- ``checkworthiness``: scores a clause from 0 to 1, with reasons
- ``detection``: finds the claims of a text and their types
- ``plain``: the claims of a text of which only the figures are read
"""

from factcheck.text.claims.detection import find_claims
from factcheck.text.claims.plain import plain_claims

__all__ = ["find_claims", "plain_claims"]
