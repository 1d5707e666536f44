"""The example site; the Celery app is loaded with it, so that web and worker speak to one broker."""

from .celery import app

__all__ = ["app"]
