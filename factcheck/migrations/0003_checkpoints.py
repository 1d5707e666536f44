"""Checkpoints over the history, lists of what was erased, and what an event holds of its records.

The two tables get the guards of ``0002_append_only``. The new column of events is nullable, so that SQLite adds it in
place: a rebuilt table would lose its guards.
"""

import importlib

import django.db.models.deletion
from django.db import migrations, models

append_only = importlib.import_module("factcheck.migrations.0002_append_only")

GUARDED = {"checkpoint": None, "erasure": None}
OTHER_KEYS = {"checkpoint": ("number",), "erasure": ("record", "record_id", "event_id")}


def guards(vendor):
    """Every guard of the two tables, as those of ``0002_append_only``."""
    return append_only.guards_of(GUARDED, OTHER_KEYS, vendor)


def create(apps, schema_editor):
    append_only.create_guards(schema_editor, guards(schema_editor.connection.vendor))


def drop(apps, schema_editor):
    append_only.drop_guards(schema_editor, guards(schema_editor.connection.vendor))


class Migration(migrations.Migration):
    dependencies = [("factcheck", "0002_append_only")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="decided",
            field=models.JSONField(help_text="the decided columns of its records, as the action left them", null=True),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                ("first_event", models.BigIntegerField()),
                ("last_event", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("marks", models.JSONField()),
                ("key_name", models.CharField(max_length=16)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count__gte", 1), ("last_event__gte", models.F("first_event")), ("number__gte", 1)
                        ),
                        name="checkpoint_covers_events",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record", models.CharField(max_length=40)),
                ("record_id", models.BigIntegerField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="erasures", to="factcheck.event"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("record", "record_id", "event"), name="erasure_once")],
            },
        ),
        migrations.RunPython(create, drop),
    ]
