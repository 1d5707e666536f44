"""Django's admin app, with the site's own front page."""

from django.contrib.admin.apps import AdminConfig


class DeskFirstConfig(AdminConfig):
    default_site = "newsroom.admin_site.DeskFirstSite"
