from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tdap_portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        import tdap_portal.accounts.role_requests.handlers

        from . import hooks
