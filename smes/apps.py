from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SmesConfig(AppConfig):
    name = "smes"
    verbose_name = _("Firms")

    def ready(self) -> None:
        """Handlers and tasks register themselves by being imported."""
        import smes.duplicates.handlers
        import smes.duplicates.tasks
        import smes.evidence.handlers
        import smes.evidence.tasks
        import smes.papers.handlers
        import smes.papers.tasks
        import smes.people.handlers
        import smes.profile.handlers
