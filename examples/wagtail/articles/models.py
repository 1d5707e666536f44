"""A page whose words are checked before they go live: an introduction, and a body of blocks."""

from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

from factcheck.contrib.wagtail.models import FactcheckedMixin


class ArticlePage(FactcheckedMixin, Page):
    introduction = RichTextField(blank=True)
    body = StreamField(
        [
            ("heading", blocks.CharBlock()),
            ("paragraph", blocks.RichTextBlock()),
            ("quote", blocks.StructBlock([("words", blocks.TextBlock()), ("speaker", blocks.CharBlock())])),
            ("facts", blocks.ListBlock(blocks.CharBlock())),
            ("box", blocks.StreamBlock([("line", blocks.CharBlock()), ("text", blocks.RichTextBlock())])),
            ("markup", blocks.RawHTMLBlock()),
            ("picture", ImageChooserBlock()),
        ],
        blank=True,
    )

    factcheck_fields = ["introduction", "body"]
    factcheck_desk = "news-desk"

    content_panels = [
        *FactcheckedMixin.factcheck_panels,
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
