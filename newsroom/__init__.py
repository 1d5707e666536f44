"""The host site: switches the app on, and holds nothing of it."""

from newsroom.celery import app as celery_app

__all__ = ["celery_app"]
