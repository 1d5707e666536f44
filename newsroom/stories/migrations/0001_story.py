"""The table of the example."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("factcheck", "0001_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Story",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("headline", models.CharField(max_length=200)),
                ("body", models.TextField()),
                (
                    "cleared",
                    models.BooleanField(
                        default=False, editable=False, help_text="for lists only: the gate is asked anew"
                    ),
                ),
                ("printed", models.TextField(blank=True, editable=False, help_text="what readers see")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "desk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="factcheck.desk",
                        verbose_name="fact-check desk",
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="factcheck.document",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "stories",
                "ordering": ["-changed_at"],
            },
        ),
    ]
