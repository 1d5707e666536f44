"""Take over pages that were live before the plug was there: their words stay before readers, as they are."""

from typing import Any

from django.core.management.base import BaseCommand
from wagtail.models import Page

from factcheck.contrib.wagtail.tables import FiledPage, is_factchecked
from factcheck.contrib.wagtail.texts import page_text


class Command(BaseCommand):
    help = "Record the words of pages that are live already, and that the plug knows nothing of, as let out unchecked."

    def handle(self, **options: Any) -> None:
        known = FiledPage.objects.exclude(live_sha256="").values("pk")
        count = 0
        for page in Page.objects.live().exclude(pk__in=known).specific().iterator():
            if is_factchecked(page):
                FiledPage.objects.update_or_create(pk=page.pk, defaults={"live_sha256": page_text(page).digest})
                count += 1
        self.stdout.write(f"{count} pages were live already; each change of them goes through the gate from now on.")
