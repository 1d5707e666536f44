"""What a token of the API may do, how it is called, and when it was used last. The token itself is knox's."""

from __future__ import annotations

from django.db import models


class TokenScope(models.TextChoices):
    READ = "read", "read whatever its person may see"
    CHECK = "check", "the work of a checker: claims, evidence, verdicts, tasks"
    REVIEW = "review", "decide: sign off, dismiss, waive, resolve, publish, arrange"
    INGEST = "ingest", "file texts and new texts of documents"


def every_scope() -> list[str]:
    return list(TokenScope.values)


class TokenGrant(models.Model):
    """The scopes of one token, and the password under which it was made: a new password ends it."""

    digest = models.CharField(max_length=128, unique=True, help_text="of the token, as knox keeps it")
    name = models.CharField(max_length=100, blank=True)
    scopes = models.JSONField(default=every_scope)
    password_digest = models.CharField(max_length=128, help_text="of the password that held when it was made")
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or "a token"
