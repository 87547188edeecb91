from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        """Handlers and tasks register themselves by being imported."""
        import payments.api.tasks
        import payments.deposits.handlers
        import payments.deposits.tasks
        import payments.ledger.handlers
        import payments.ledger.tasks
