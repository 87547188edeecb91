from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TradeConfig(AppConfig):
    name = "selection.trade"
    label = "trade"
    verbose_name = _("Trade evidence")

    def ready(self) -> None:
        from . import handlers, tasks
