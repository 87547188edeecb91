from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "tdap_portal.accounts"
    verbose_name = _("People and organisations")
    label = "accounts"

    def ready(self) -> None:
        import tdap_portal.accounts.role_requests.handlers

        from . import hooks
