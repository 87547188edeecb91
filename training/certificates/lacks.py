"""What somebody still lacks for a certificate, in words."""

from django.utils.translation import gettext_lazy

from .earning import Lack

LACKS = {
    Lack.SESSIONS_TO_COME: gettext_lazy("There are sessions to come."),
    Lack.HOURS: gettext_lazy("The hours that are asked for can no longer be reached."),
    Lack.NOT_SETTLED: gettext_lazy("The attendance of a session is not settled yet."),
    Lack.ASSESSMENT: gettext_lazy("The assessment is still to be done."),
    Lack.NOT_PASSED: gettext_lazy("The assessment is not passed yet."),
    Lack.TASK: gettext_lazy("A practical task is not accepted yet."),
    Lack.TAKEN_BACK: gettext_lazy("A certificate was taken back, so no other one is issued."),
}
