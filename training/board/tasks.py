"""The digest, once a month."""

from datetime import date

from celery import shared_task

from . import services


@shared_task(name="training.write_board_digests")
def write_board_digests() -> None:
    """Rings for each partner by itself: a fault in one holds no other up, and the next ring finds what is left."""
    for partner_id, month in services.digests_due():
        write_board_digest.delay(partner_id=partner_id, month=month.isoformat())


@shared_task(name="training.write_board_digest")
def write_board_digest(*, partner_id: int, month: str) -> None:
    services.write_digest(partner_id=partner_id, month=date.fromisoformat(month))
