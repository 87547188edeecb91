from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "tdap_portal.notifications"
    label = "notifications"

    def ready(self) -> None:
        from . import tasks  # registered here, so that services can ring them by name
