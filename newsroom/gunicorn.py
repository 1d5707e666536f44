"""How gunicorn logs: as the rest of the site. ``gunicorn --config python:newsroom.gunicorn newsroom.wsgi``."""

from newsroom.settings import LOGGING

logconfig_dict = {**LOGGING, "loggers": {**LOGGING["loggers"], "gunicorn.access": {"propagate": True}}}
