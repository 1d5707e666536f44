"""The app of the example's pages."""

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
