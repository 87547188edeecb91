"""The tasks of a firm from its registration to its application: what is done, what comes next, what waits for whom.

Plain facts in, plain rows out, in the language of the page; nothing is read here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from selection.rounds.words import closing_words
from tdap_portal.core.days import day_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


class TaskState(StrEnum):
    DONE = "done"
    OPEN = "open"  # the person who looks can do it now
    REFUSED = "refused"  # came back, or ran out
    RENEW = "renew"  # counts still, but runs out soon
    SHUT = "shut"  # other tasks come first
    COLLEAGUE = "colleague"  # somebody else of the firm does it
    OURS = "ours"  # TDAP must move


TONES = {
    TaskState.DONE: "done",
    TaskState.OPEN: "rest",
    TaskState.REFUSED: "no",
    TaskState.RENEW: "you",
    TaskState.SHUT: "rest",
    TaskState.COLLEAGUE: "rest",
    TaskState.OURS: "us",
}
YOURS = (TaskState.OPEN, TaskState.REFUSED, TaskState.RENEW)


# What is known ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step of the profile. missing: what is still to tell, in words; error_count: mistakes kept with it; closed_because: why
    the person who looks does not fill it in, "" where they do."""

    code: str
    title: str
    question: str
    url: str
    missing: tuple[str, ...] = ()
    error_count: int = 0
    is_saved: bool = True
    closed_because: str = ""


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A kind of paper that is needed, or one that came back or runs out.

    state: missing, sent, verified, refused or expired. reason: of the refusal. day: of the verification, or the last day
    of one that ran out. days_left: until its last day, None unless that is near. url: "" for a person who sends none.
    """

    kind: str
    name: str
    help: str
    state: str
    url: str = ""
    is_needed: bool = True
    reason: str = ""
    day: date | None = None
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round in which the firm can apply, or that closed over its draft. write_because, submit_because: why the person who
    looks does not, "" where they do."""

    number: int
    closes_at: datetime
    promise_days: int
    url: str
    is_open: bool = True
    is_started: bool = False
    is_written: bool = False
    write_because: str = ""
    submit_because: str = ""


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """A firm as far as its tasks go. person, role: who looks, in words."""

    registered_on: date | datetime
    person: str
    role: str
    steps: tuple[StepFacts, ...]
    papers: tuple[PaperFacts, ...] = ()
    rounds: tuple[RoundFacts, ...] = ()


# What is shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """One row: what, why, and in words who must move. url: "" where there is nothing to open. is_quoted: why is what an
    officer wrote, in whatever language.

    Where this one comes next: sentence is what the page says on top, text stands under it, place says where on the way it
    is, label is on the button.
    """

    code: str
    title: str
    why: str
    state: TaskState
    state_text: str
    url: str = ""
    is_needed: bool = True
    is_next: bool = False
    is_quoted: bool = False
    sentence: str = ""
    text: str = ""
    place: str = ""
    label: str = ""

    @property
    def tone(self) -> str:
        """The theme's tone, which says who must move."""
        return "you" if self.is_next else TONES[self.state]

    @property
    def is_yours(self) -> bool:
        """Whether the person who looks can do it now."""
        return self.state in YOURS and bool(self.url)


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks of one kind. note: how far they are; folded: words of the fold over those that are done."""

    code: str
    title: str
    note: str
    tasks: tuple[Task, ...]
    done: tuple[Task, ...] = ()
    folded: str = ""


@dataclass(frozen=True, slots=True)
class TaskList:
    """All groups in the order of the way. next: None where nothing waits for the person who looks; others: how many do
    beside it. needed, done, yours, ours: numbers of needed tasks."""

    groups: tuple[Group, ...]
    next: Task | None
    others: int
    needed: int
    done: int
    yours: int
    ours: int

    @property
    def open(self) -> int:
        """Tasks that the person who looks can do now."""
        return self.others + (self.next is not None)


def task_list(facts: FirmFacts, *, skip: int = 0) -> TaskList:
    """The tasks of a firm. skip: how many of the open ones are left for later, so that the one after them is next."""
    groups = [_account(facts), _profile(facts.steps), _papers(facts.papers)]
    groups += [_application(row, facts) for row in facts.rounds]
    tasks = [task for group in groups for task in (*group.tasks, *group.done)]
    yours = sorted((task for task in tasks if task.is_yours), key=lambda task: task.state == TaskState.RENEW)
    following = yours[skip % len(yours)] if yours else None
    needed = [task for task in tasks if task.is_needed]
    return TaskList(
        groups=tuple(_with_next(group, following) for group in groups if group.tasks or group.done),
        next=following,
        others=max(0, len(yours) - 1),
        needed=len(needed),
        done=sum(task.state in (TaskState.DONE, TaskState.RENEW) for task in needed),
        yours=sum(task.state in (TaskState.OPEN, TaskState.REFUSED, TaskState.SHUT) for task in needed),
        ours=sum(task.state == TaskState.OURS for task in needed),
    )


def _with_next(group: Group, following: Task | None) -> Group:
    rows = (
        replace(row, is_next=True, state_text=pgettext("task", "Next")) if row == following else row
        for row in group.tasks
    )
    return replace(group, tasks=tuple(sorted(rows, key=lambda row: not row.is_next)))


def _account(facts: FirmFacts) -> Group:
    who = _("%(person)s, %(role)s") % {"person": facts.person, "role": facts.role}
    day = day_words(facts.registered_on)
    registered = Task("registered", _("Registered"), who, TaskState.DONE, _("Done"))
    proven = Task("proven", _("Mobile number or e-mail proven"), _("by a code"), TaskState.DONE, _("Done"))
    return Group("account", _("Account"), "", (), (registered, proven), _("Account: done on %(day)s") % {"day": day})


def _profile(steps: tuple[StepFacts, ...]) -> Group:
    rows = [_step(step, number, len(steps)) for number, step in enumerate(steps, 1)]
    done = tuple(row for row in rows if row.state == TaskState.DONE)
    note = _("%(done)d of %(all)d steps done") % {"done": len(done), "all": len(rows)}
    if len(done) == len(rows):
        folded = _("Profile: all %(number)d steps are done") % {"number": len(rows)}
    else:
        folded = ngettext(
            "The step that is done", "The %(number)d steps that are done", len(done)
        ) % {"number": len(done)}  # fmt: skip
    return Group("profile", _("Profile"), note, tuple(row for row in rows if row not in done), done, folded)


def _step(step: StepFacts, number: int, of: int) -> Task:
    if not step.missing and not step.error_count:
        return Task(step.code, step.title, "", TaskState.DONE, _("Done"), step.url)
    if step.closed_because:
        state_text = _("With a colleague")
        return Task(step.code, step.title, step.closed_because, TaskState.COLLEAGUE, state_text)
    if step.error_count:
        state_text = ngettext("%(number)d to fix", "%(number)d to fix", step.error_count) % {"number": step.error_count}
    else:
        state_text = _("Begun") if step.is_saved else _("Not begun")
    what = {"what": _(", ").join(step.missing)}
    missing = _("Missing: %(what)s.") % what if step.is_saved and step.missing else ""
    asks = _("It asks for: %(what)s.") % what if step.missing else step.question
    return Task(
        step.code,
        step.title,
        missing or step.question,
        TaskState.OPEN,
        state_text,
        step.url,
        text=missing or asks,
        sentence=step.question[:1].lower() + step.question[1:],  # it goes on after "Next:"
        place=_("profile, step %(number)d of %(of)d") % {"number": number, "of": of},
        label=_("Go on with this step"),
    )


def _papers(papers: tuple[PaperFacts, ...]) -> Group:
    """Those that came back first, then what is still to send, what runs out, what is with TDAP, what is done."""
    order = (TaskState.REFUSED, TaskState.OPEN, TaskState.RENEW, TaskState.OURS, TaskState.COLLEAGUE, TaskState.DONE)
    rows = sorted((_paper(paper) for paper in papers), key=lambda row: order.index(row.state))
    needed = [paper for paper in papers if paper.is_needed]
    missing = sum(paper.state not in ("sent", "verified") for paper in needed)
    note = _("%(number)d needed for a firm like yours") % {"number": len(needed)}
    if missing:
        note = ngettext(
            "%(number)d needed for a firm like yours; %(missing)d is missing",
            "%(number)d needed for a firm like yours; %(missing)d are missing",
            missing,
        ) % {"number": len(needed), "missing": missing}
    if rows and all(row.state == TaskState.DONE for row in rows):
        return Group("papers", _("Papers"), "", (), tuple(rows), _("Papers: all that are needed are verified"))
    return Group("papers", _("Papers"), note, tuple(rows))


def _paper(paper: PaperFacts) -> Task:
    task = Task(
        paper.kind,
        paper.name,
        paper.help,
        TaskState.OPEN,
        _("Not sent yet"),
        paper.url,
        is_needed=paper.is_needed,
        sentence=_("send “%(paper)s”") % {"paper": paper.name},
        place=_("papers"),
        label=_("Send it"),
    )
    day = day_words(paper.day) if paper.day else ""
    if paper.state == "refused":
        again = _("send “%(paper)s” again") % {"paper": paper.name}
        state_text, label = _("Send again"), _("Send it again")
        task = replace(task, why=paper.reason, is_quoted=True, state=TaskState.REFUSED)
        task = replace(task, state_text=state_text, sentence=again, label=label)
    elif paper.state == "expired":
        why = _("It ran out on %(day)s and no longer counts.") % {"day": day}
        again = _("renew “%(paper)s”") % {"paper": paper.name}
        task = replace(task, why=why, state=TaskState.REFUSED, state_text=_("Ran out"), sentence=again)
    elif paper.days_left is not None:
        state_text = ngettext("%(days)d day left", "%(days)d days left", paper.days_left) % {"days": paper.days_left}
        again = _("renew “%(paper)s”") % {"paper": paper.name}
        why = _("It counts until then. Send the new one before.")
        task = replace(task, why=why, state=TaskState.RENEW, state_text=state_text, sentence=again)
    elif paper.state == "sent":
        task = replace(task, why=_("An officer looks at it once you have applied."), state=TaskState.OURS)
        task = replace(task, state_text=_("With us"))
    elif paper.state == "verified":
        state_text = _("Verified %(day)s") % {"day": day} if day else _("Done")
        task = replace(task, state=TaskState.DONE, state_text=state_text)
    if task.state in YOURS and not task.url:
        return replace(task, state=TaskState.COLLEAGUE, state_text=_("With a colleague"))
    return task


def _application(row: RoundFacts, facts: FirmFacts) -> Group:
    closes = closing_words(row.closes_at)
    number = {"number": row.number}
    title = _("Application") if len(facts.rounds) == 1 else _("Application, Round %(number)d") % number
    if not row.is_open:
        why = _("Your draft was not submitted. What you told us stays in your profile for the next round.")
        draft = Task(
            "closed", _("Your draft of Round %(number)d") % number, why, TaskState.SHUT, _("Closed"), is_needed=False
        )
        return Group(
            f"round{row.number}", title, _("Round %(number)d closed on %(day)s") % {**number, "day": closes}, (draft,)
        )
    write, submit = _write(row), _submit(row, facts, closes)
    if row != facts.rounds[0]:  # one round is applied for at a time
        write, submit = replace(write, is_needed=False), replace(submit, is_needed=False)
    note = _("Round %(number)d closes on %(day)s") % {**number, "day": closes}
    return Group(f"round{row.number}", title, note, (write, submit))


def _write(row: RoundFacts) -> Task:
    number = {"number": row.number}
    title = _("What you want to reach")
    if row.is_written:
        return Task("write", title, "", TaskState.DONE, _("Done"), row.url)
    if row.write_because:
        return Task("write", title, row.write_because, TaskState.COLLEAGUE, _("With a colleague"))
    return Task(
        "write",
        title,
        _("A few sentences, in Urdu or English, and who will do the work; you can begin now."),
        TaskState.OPEN,
        _("Begun") if row.is_started else _("Not begun"),
        row.url,
        sentence=(
            _("say what you want to reach in Round %(number)d") if row.is_started else _("apply for Round %(number)d")
        )
        % number,
        place=_("application"),
        label=_("Go on with your application") if row.is_started else _("Apply for Round %(number)s") % number,
    )


def _submit(row: RoundFacts, facts: FirmFacts, closes: str) -> Task:
    title = _("Check your answers and submit")
    before = [step.title for step in facts.steps if step.missing or step.error_count]
    before += [] if row.is_written else [_("What you want to reach")]
    if before:
        why = ngettext(
            "Opens when %(number)d needed task is done: %(what)s.",
            "Opens when %(number)d needed tasks are done: %(what)s.",
            len(before),
        ) % {"number": len(before), "what": _(", ").join(before)}
        return Task("submit", title, why, TaskState.SHUT, _("Still shut"))
    if row.submit_because:
        return Task("submit", title, row.submit_because, TaskState.COLLEAGUE, _("With the owner"), f"{row.url}#answers")
    return Task(
        "submit",
        title,
        _without_papers(facts.papers)
        or _("You have our answer within %(days)d working days.") % {"days": row.promise_days},
        TaskState.OPEN,
        _("Ready"),
        f"{row.url}#answers",
        sentence=_("check your answers and submit by %(day)s") % {"day": closes},
        place=_("application"),
        label=_("Check your answers"),
    )


def _without_papers(papers: Iterable[PaperFacts]) -> str:
    if all(paper.state in ("sent", "verified") for paper in papers if paper.is_needed):
        return ""
    return _("You can submit without your papers, but we cannot decide without them.")
