"""A mail server for tests: real SMTP over a socket, which takes some addresses, refuses others, or breaks off."""

from __future__ import annotations

import email
import email.policy
import socketserver
from email.message import EmailMessage


class Post(socketserver.StreamRequestHandler):
    """Enough of SMTP for one mail after another. An address that starts with ``gone`` is refused, ``later`` put off."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 mailroom")
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                address = line.split("<")[1].split(">")[0]
                answers = {"gone": "550 5.1.1 No such person here", "late": "451 4.7.1 Come back later"}
                self.say(answers.get(address[:4], "250 OK"))
                to += [address] if address[:4] not in answers else []
            elif verb == "DATA":
                self.say("354 Go on")
                lines = []
                while (row := self.rfile.readline()) != b".\r\n":
                    lines.append(row.removeprefix(b"."))
                answer = self.server.taken(to, b"".join(lines))
                if self.server.breaks_off:
                    return
                self.say(answer)
                to = []
            elif verb == "QUIT":
                self.say("221 Bye")
                return
            else:
                self.say("250 OK")


class Mailroom(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.refuses_all_words = self.breaks_off = False

    def taken(self, to: list[str], data: bytes) -> str:
        if self.refuses_all_words:
            return "552 5.3.4 Too large for us"
        self.mails.append((to, email.message_from_bytes(data, policy=email.policy.default)))
        return "250 Taken"
