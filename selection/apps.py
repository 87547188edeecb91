from django.apps import AppConfig


class SelectionConfig(AppConfig):
    name = "selection"

    def ready(self) -> None:
        from . import handlers, handlers_desk, tasks
        from .applications import handlers as a
        from .applications import tasks as b
