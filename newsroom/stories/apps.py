"""The example as a Django app; connects the receivers of factcheck's signals."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "newsroom.stories"
    label = "stories"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from newsroom.stories import receivers  # noqa: F401, PLC0415 - connects the receivers once the models are ready
