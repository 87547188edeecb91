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
        import payments.finance.cases.handlers
        import payments.finance.cases.tasks
        import payments.finance.pools.handlers
        import payments.ledger.handlers
        import payments.ledger.tasks
        import payments.proceeds.handlers
        import payments.proceeds.tasks
        import payments.readiness.handlers
        import payments.reconciliation.handlers
