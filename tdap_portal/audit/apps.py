from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tdap_portal.audit"
    label = "audit"

    def ready(self) -> None:
        from . import tasks  # registered here, so that record() can ring them by name
