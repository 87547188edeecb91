from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        """Handlers and tasks register themselves by being imported."""
        import training.assessment.handlers
        import training.assessment.tasks
        import training.board.tasks
        import training.certificates.handlers
        import training.cohorts.tasks
        import training.deposits.handlers
        import training.deposits.tasks
        import training.engagement.handlers
        import training.engagement.tasks
        import training.feedback.tasks
        import training.places.handlers
        import training.places.tasks
        import training.practice.handlers
        import training.timetable.handlers
