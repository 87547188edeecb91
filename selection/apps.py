from django.apps import AppConfig


class SelectionConfig(AppConfig):
    name = "selection"

    def ready(self) -> None:
        """Handlers and tasks register themselves by being imported."""
        import selection.applications.handlers
        import selection.applications.tasks
        import selection.bulk.handlers
        import selection.correspondence.handlers
        import selection.review.handlers
        import selection.rounds.handlers
        import selection.rounds.tasks
        import selection.scoring.handlers
        import selection.scoring.tasks
