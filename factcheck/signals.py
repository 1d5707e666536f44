"""Public events for other apps. The app itself never listens to them; each is sent after the commit.

Every signal is sent with ``sender`` = the model class and the arguments documented beside it.
"""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

#: ``claim``, ``action`` (str), ``by`` (user or None for the machine): a claim changed its state.
claim_moved = Signal()

#: ``claim``, ``reason`` (str): a sign-off no longer holds.
claim_stale = Signal()

#: ``document``, ``revision``: the text of a document was read, and its claims and figures are marked.
document_read = Signal()

#: ``publication``: a document was published; ``publication.clear`` says whether it was cleared.
document_published = Signal()

#: ``correction``: a correction to a published document was recorded.
correction_published = Signal()

#: ``document``, ``clearance``: the gate, asked anew after an action, answers yes where it answered no.
document_cleared = Signal()

#: ``document``, ``clearance``: the gate, asked anew after an action, answers no where it answered yes.
document_uncleared = Signal()

#: ``user``, ``log_in_name`` (str, what it was): an account no longer says whose it was.
person_erased = Signal()


def announce(signal: Signal, sender: type, **arguments: Any) -> None:
    """Send a signal when what is being written is committed.

    A receiver that raises is logged and affects neither other receivers nor the caller.
    """
    transaction.on_commit(lambda: signal.send_robust(sender, **arguments), robust=True)
