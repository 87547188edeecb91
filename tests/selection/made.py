"""Files at every stop of the desk, by the real acts; a state that the acts reach by other hands is set on the row."""

from __future__ import annotations

from selection.applications import tallies
from selection.models import Application
from selection.review import services as review_services
from selection.states import Outcome, State
from tests.factories.accounts import director, officer
from tests.factories.selection import ApplicationFactory
from tests.factories.smes import verified_papers

WORDS = "Plant approved; needs help with labels."
READ = {"commitment": 8, "product_fit": 6, "outcome": "select", "comment": "Names a person and the hours."}


def fresh(application: Application) -> Application:
    return Application.objects.select_related("round", "sme", "officer").get(pk=application.pk)


def scored(**kwargs) -> Application:
    return ApplicationFactory(scored=True, **kwargs)


TOO_LARGE = {"turnover_pkr": 900_000_000, "employees": 900}


def held(**kwargs) -> Application:
    """A gate is shut: no tax number, no CNIC, no exports."""
    file = scored(**{"sme_values": TOO_LARGE, **kwargs})
    assert file.state == State.HELD
    return file


def assigned(first=None, second=None, *, file=None, **kwargs) -> Application:
    file = file or scored(**kwargs)
    review_services.assign_readers(
        actor=director(), application=file, first=first or officer(), second=second or officer()
    )
    return fresh(file)


def reviewed(first=None, second=None, **kwargs) -> Application:
    first, second = first or officer(), second or officer()
    file = assigned(first, second, **kwargs)
    for reader in (first, second):
        review_services.record_reading(actor=reader, application=file, **READ)
    verified_papers(file.sme)
    return fresh(file)


def recommended(by=None, *, outcome=Outcome.SELECT, codes=("ready_to_sell",), **kwargs) -> Application:
    by = by or officer()
    file = reviewed(by, **kwargs)
    review_services.recommend(actor=by, application=file, outcome=outcome, reason_codes=list(codes), words=WORDS)
    return fresh(file)


def in_state(file: Application, state: State) -> Application:
    """The same file as if it stood in another state, counted there."""
    row = fresh(file)
    before = tallies.cell_of(row)
    row.state = state.value
    row.save(update_fields=["state"])
    tallies.shift(row, before=before)
    return fresh(file)
