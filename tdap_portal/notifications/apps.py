from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "tdap_portal.notifications"
    verbose_name = _("Messages")
    label = "notifications"

    def ready(self) -> None:
        from . import tasks  # registered here, so that services can ring them by name
