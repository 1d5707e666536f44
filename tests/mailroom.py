"""A mail server for tests: real SMTP over a socket, which takes some addresses, refuses others, or breaks off."""

from __future__ import annotations

import email
import email.policy
import socket
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

REFUSALS = {"gone": "550 5.1.1 No such person here", "late": "451 4.7.1 Come back later"}
"""What is answered to an address that begins so."""


class Mailroom(Controller):
    """Keeps each mail it takes as (recipients, message) in ``mails``."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refuses_content = self.breaks_off = False
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        super().__init__(self, hostname="127.0.0.1", port=port)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if refusal := REFUSALS.get(address[:4]):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses_content:
            return "552 5.3.4 Too large for us"
        self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        if self.breaks_off:
            server.transport.abort()
        return "250 Taken"
