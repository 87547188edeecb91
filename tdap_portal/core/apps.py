from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "tdap_portal.core"
    verbose_name = _("Calendar of working days")
    label = "core"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save
        from django.utils.translation import gettext

        from tdap_portal import celery  # the Celery app: loaded here, so that pure files stay free of Django

        from .calendar import forget_closed_days
        from .errors import translators
        from .models import ClosedDay

        translators[:] = [gettext]
        for signal in (post_save, post_delete):
            signal.connect(lambda **_kwargs: forget_closed_days(), sender=ClosedDay, weak=False)
