from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SelectionConfig(AppConfig):
    name = "selection"
    verbose_name = _("Selection")

    def ready(self) -> None:
        """Handlers and tasks register themselves by being imported; what smes asks of this floor is handed to it."""
        import selection.appeals.handlers
        import selection.appeals.tasks
        import selection.applications.handlers
        import selection.applications.tasks
        import selection.bulk.handlers
        import selection.correspondence.handlers
        import selection.correspondence.tasks
        import selection.handover.handlers
        import selection.intake.handlers
        import selection.intake.tasks
        import selection.nominations.handlers
        import selection.nominations.tasks
        import selection.review.handlers
        import selection.rounds.handlers
        import selection.rounds.tasks
        import selection.scoring.handlers
        import selection.scoring.tasks
        import selection.seats.composer.handlers
        import selection.seats.deciding.handlers
        import selection.seats.offers.handlers
        import selection.seats.offers.tasks
        from selection.review.selectors import declared_a_conflict
        from smes.people.selectors import also_tied

        also_tied(declared_a_conflict)
