from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Handlers and tasks register themselves by being imported."""
        import payments.deposits.tasks
        import payments.ledger.handlers
        import payments.proceeds.handlers
        import payments.proceeds.tasks
