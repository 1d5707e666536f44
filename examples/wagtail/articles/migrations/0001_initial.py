import django.db.models.deletion
import wagtail.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("wagtailcore", "0094_alter_page_locale"),
    ]

    operations = [
        migrations.CreateModel(
            name="ArticlePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.page",
                    ),
                ),
                (
                    "correction_note",
                    models.CharField(
                        blank=True,
                        help_text="After publication: what this change puts right, as readers are told.",
                        max_length=500,
                    ),
                ),
                ("introduction", wagtail.fields.RichTextField(blank=True)),
                (
                    "body",
                    wagtail.fields.StreamField(
                        [
                            ("heading", 0),
                            ("paragraph", 1),
                            ("quote", 3),
                            ("facts", 4),
                            ("box", 5),
                            ("markup", 6),
                            ("picture", 7),
                        ],
                        blank=True,
                        block_lookup={
                            0: ("wagtail.blocks.CharBlock", (), {}),
                            1: ("wagtail.blocks.RichTextBlock", (), {}),
                            2: ("wagtail.blocks.TextBlock", (), {}),
                            3: ("wagtail.blocks.StructBlock", [[("words", 2), ("speaker", 0)]], {}),
                            4: ("wagtail.blocks.ListBlock", (0,), {}),
                            5: ("wagtail.blocks.StreamBlock", [[("line", 0), ("text", 1)]], {}),
                            6: ("wagtail.blocks.RawHTMLBlock", (), {}),
                            7: ("wagtail.images.blocks.ImageChooserBlock", (), {}),
                        },
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
            bases=("wagtailcore.page", models.Model),
        ),
    ]
