"""Tables of the faces: notices, webhooks, requests sent twice, items of feeds; more kinds of report; versions.

SQLite makes a table anew when a constraint of it changes, and its guards go with the old one: they are set up again.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import factcheck.models.reports

append_only = import_module("factcheck.migrations.0002_append_only")
ERASED = "'The text was erased.'"
MAY_BE_BLANKED = {  # table: (columns that never change, {column: the one thing in SQL that it may become})
    "verdict": (("claim_id", "label", "revision_id", "by_id", "at"), {"note": "''"}),
    "waiver": (("claim_id", "revision_id", "expires_at", "by_id", "at"), {"reason": ERASED, "covers": "'[]'"}),
    "publication": (("document_id", "revision_id", "clear", "by_id", "at"), {"answer": "'{{}}'"}),
    "correction": (("publication_id", "claim_id", "correction_class", "by_id", "at"), {"wording": ERASED}),
    "report": (
        ("kind", "desk_id", "document_id", "subscription_id", "slot", "sha256", "built_at", "created_by_id"),
        {"title": ERASED, "data": "'{{}}'"},
    ),
}


def blanking_guards():
    """Where 0002 let no decision be updated at all, the words in it may be blanked (courts, privacy)."""
    for table, (columns, words) in MAY_BE_BLANKED.items():
        changed = [f"OLD.{name} {{differs}} NEW.{name}" for name in ("id", *columns)]
        rewritten = [
            f"(OLD.{name} {{differs}} NEW.{name} AND NEW.{name} {{differs}} {blank})" for name, blank in words.items()
        ]
        yield f"{table}_no_rewrite", table, "UPDATE", " OR ".join([*changed, *rewritten])


def guards():
    """Every guard that stands after this migration."""
    yield from (row for row in append_only.guards() if row[0] not in strict_guards())
    yield from blanking_guards()


def strict_guards():
    return {f"{table}_no_update" for table in MAY_BE_BLANKED}


def drop(schema_editor, rows):
    for name, table, *_ in rows:
        on = "" if schema_editor.connection.vendor == "sqlite" else f" ON factcheck_{table}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS factcheck_{name}{on}", None)


def set_up_guards(apps, schema_editor):
    """SQLite has dropped those of reports with the old table."""
    drop(schema_editor, [row for row in append_only.guards() if row[0] in strict_guards() or row[1] == "report"])
    append_only.create_for(schema_editor, blanking_guards())
    append_only.create_for(schema_editor, [row for row in append_only.guards() if row[0] == "report_no_delete"])


def take_guards_back(apps, schema_editor):
    drop(schema_editor, blanking_guards())


def set_up_strict_guards(apps, schema_editor):
    rows = [row for row in append_only.guards() if row[0] in strict_guards() or row[1] == "report"]
    drop(schema_editor, rows)
    append_only.create_for(schema_editor, rows)


def leave(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = [
        ("factcheck", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(leave, set_up_strict_guards),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=120)),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.PositiveSmallIntegerField(blank=True, help_text="what the other side answered", null=True),
                ),
                ("error", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="FeedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guid", models.CharField(max_length=64)),
                ("title", models.CharField(blank=True, max_length=500)),
                ("error", models.CharField(blank=True, help_text="why no document was made of it", max_length=500)),
                ("seen_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=200)),
                (
                    "request_hmac",
                    models.CharField(help_text="of method, address and body, with the site's secret", max_length=64),
                ),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="empty while the first is still under way", null=True),
                ),
                ("record_id", models.BigIntegerField(help_text="of the record that was answered", null=True)),
                ("answer", models.JSONField(null=True)),
                ("headers", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assigned", "a piece of checking work is assigned to you"),
                            ("returned", "a claim you submitted came back"),
                            ("due_soon", "your checking work is due soon"),
                            ("overdue", "checking work is overdue"),
                            ("stale", "a sign-off no longer holds"),
                            ("cleared", "a document became clear, or stopped being so"),
                            ("published_uncleared", "a document went out uncleared"),
                        ],
                        max_length=20,
                    ),
                ),
                ("inbox", models.BooleanField(default=True)),
                ("mail", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("assigned", "a piece of checking work is assigned to you"),
                            ("returned", "a claim you submitted came back"),
                            ("due_soon", "your checking work is due soon"),
                            ("overdue", "checking work is overdue"),
                            ("stale", "a sign-off no longer holds"),
                            ("cleared", "a document became clear, or stopped being so"),
                            ("published_uncleared", "a document went out uncleared"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("record", models.CharField(max_length=40)),
                ("record_id", models.BigIntegerField()),
                ("text", models.CharField(max_length=500)),
                ("inbox", models.BooleanField(default=True)),
                ("mail", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("mail_started_at", models.DateTimeField(blank=True, null=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("mail_refused", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.URLField(max_length=2000)),
                ("events", models.JSONField(default=list, help_text="the names of the events it is told of")),
                ("secret", models.TextField(help_text="the key its messages are signed with, encrypted")),
                ("active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AlterModelOptions(
            name="correction",
            options={"ordering": ["id"]},
        ),
        migrations.AlterModelOptions(
            name="signoff",
            options={"ordering": ["id"]},
        ),
        migrations.AlterModelOptions(
            name="waiver",
            options={"ordering": ["id"]},
        ),
        migrations.RemoveConstraint(
            model_name="report",
            name="report_scope_matches",
        ),
        migrations.RemoveConstraint(
            model_name="reportsubscription",
            name="report_subscription_scope_matches",
        ),
        migrations.AddField(
            model_name="document",
            name="clear",
            field=models.BooleanField(
                help_text="what the gate last answered; asked anew by a job after each act", null=True
            ),
        ),
        migrations.AddField(
            model_name="feed",
            name="asked_at",
            field=models.DateTimeField(blank=True, help_text="when a poll was last asked for", null=True),
        ),
        migrations.AddField(
            model_name="feed",
            name="error",
            field=models.CharField(
                blank=True, help_text="why the last poll failed; empty after a good one", max_length=500
            ),
        ),
        migrations.AddField(
            model_name="feed",
            name="etag",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="feed",
            name="last_modified",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="feed",
            name="polled_at",
            field=models.DateTimeField(blank=True, help_text="when it was last read, well or not", null=True),
        ),
        migrations.AddField(
            model_name="feed",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="verificationtask",
            name="due_soon_told",
            field=models.DateTimeField(editable=False, help_text="the deadline its assignee was told of", null=True),
        ),
        migrations.AddField(
            model_name="verificationtask",
            name="overdue_told",
            field=models.DateTimeField(editable=False, help_text="the missed deadline people were told of", null=True),
        ),
        migrations.AddField(
            model_name="measure",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="policy",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="reportsubscription",
            name="formats",
            field=models.JSONField(default=factcheck.models.reports.default_formats, help_text="attached to the mail"),
        ),
        migrations.AddField(
            model_name="reportsubscription",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="source",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="topic",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="report",
            name="kind",
            field=models.CharField(
                choices=[
                    ("document", "verification report of a document"),
                    ("desk_digest", "desk digest"),
                    ("conflicts", "conflicts"),
                    ("overdue", "overdue checking work"),
                    ("corrections", "corrections"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="reportsubscription",
            name="kind",
            field=models.CharField(
                choices=[
                    ("document", "verification report of a document"),
                    ("desk_digest", "desk digest"),
                    ("conflicts", "conflicts"),
                    ("overdue", "overdue checking work"),
                    ("corrections", "corrections"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document__isnull", False), ("kind", "document")),
                    models.Q(("document", None), ("kind__in", ["desk_digest", "conflicts", "overdue", "corrections"])),
                    _connector="OR",
                ),
                name="report_scope_matches",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportsubscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document__isnull", False), ("kind", "document")),
                    models.Q(("document", None), ("kind__in", ["desk_digest", "conflicts", "overdue", "corrections"])),
                    _connector="OR",
                ),
                name="report_subscription_scope_matches",
            ),
        ),
        migrations.AddField(
            model_name="feeditem",
            name="document",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="feed_items",
                to="factcheck.document",
            ),
        ),
        migrations.AddField(
            model_name="feeditem",
            name="feed",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="factcheck.feed"
            ),
        ),
        migrations.AddField(
            model_name="idempotencykey",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="noticechoice",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="factcheck_notice_choices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="desk",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="factcheck.desk"),
        ),
        migrations.AddField(
            model_name="notification",
            name="recipient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="factcheck_notifications",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="webhook",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="webhook",
            name="desk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="webhooks", to="factcheck.desk"
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="webhook",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="factcheck.webhook"
            ),
        ),
        migrations.AddConstraint(
            model_name="feeditem",
            constraint=models.UniqueConstraint(fields=("feed", "guid"), name="feed_item_once"),
        ),
        migrations.AddConstraint(
            model_name="idempotencykey",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once"),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.UniqueConstraint(fields=("user", "kind"), name="notice_choice_once"),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["assigned", "returned", "due_soon", "overdue", "stale", "cleared", "published_uncleared"],
                    )
                ),
                name="notice_choice_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("mail", True), ("mail_started_at", None)),
                fields=["recipient"],
                name="notification_to_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(fields=("recipient", "kind", "key"), name="notification_once"),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["assigned", "returned", "due_soon", "overdue", "stale", "cleared", "published_uncleared"],
                    )
                ),
                name="notification_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("webhook", "event", "key"), name="delivery_once"),
        ),
        migrations.RunPython(set_up_guards, take_guards_back),
    ]
