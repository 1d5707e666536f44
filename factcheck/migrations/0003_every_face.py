"""Tables of the faces: notices, webhooks, requests sent twice, items of feeds; more kinds of report; versions.

SQLite makes a table anew when a constraint of it changes, and its guards go with the old one: they are set up again.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import factcheck.models.reports


def guard_reports(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        append_only = import_module("factcheck.migrations.0002_append_only")
        append_only.create_for(schema_editor, [row for row in append_only.guards() if row[1] == "report"])


def leave(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = [
        ("factcheck", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(leave, guard_reports),
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
                ("request_sha256", models.CharField(help_text="of method, address and body", max_length=64)),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="empty while the first is still under way", null=True),
                ),
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
        migrations.RunPython(guard_reports, leave),
    ]
