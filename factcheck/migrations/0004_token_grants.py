"""What the tokens of the API may do."""

from django.db import migrations, models

import factcheck.models.tokens


class Migration(migrations.Migration):
    dependencies = [
        ("factcheck", "0003_checkpoints"),
    ]

    operations = [
        migrations.CreateModel(
            name="TokenGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(help_text="of the token, as knox keeps it", max_length=128, unique=True)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("scopes", models.JSONField(default=factcheck.models.tokens.every_scope)),
                (
                    "password_digest",
                    models.CharField(help_text="of the password that held when it was made", max_length=128),
                ),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
    ]
