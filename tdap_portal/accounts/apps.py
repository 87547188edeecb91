from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tdap_portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import hooks
