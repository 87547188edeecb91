"""Messages to people, what left for them and how far it came, and what they wish to get."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId


class Channel(models.TextChoices):
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("SMS")


TONES = {"waiting": "us", "leased": "us", "sent": "done", "failed": "no", "skipped": "rest"}  # of the badges
INBOUND_TONES = {"waiting": "us", "read": "done", "unread": "you", "stranger": "rest", "failed": "no"}
ERROR_WORDS = {
    "switched_off": _("The person does not want messages on this channel."),
    "no_way_out": _("No provider is set up for this channel."),
    "too_late": _("The code was no longer of use when the provider could be reached."),
    "worker_stopped": _("The worker stopped in the middle; the message will be sent again."),
    "lease_ran_out": _("The worker stopped in the middle, several times."),
}


class Message(PublicId):
    """What the portal told one person, in the person's language at that time. The in-app message is this row itself."""

    to = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("to"))
    template = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    language = models.CharField(max_length=2)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["to", "template", "key"], name="message_told_once")]
        indexes = [
            models.Index(fields=["to", "-id"], name="message_inbox"),
            models.Index(fields=["to"], condition=models.Q(read_at__isnull=True), name="message_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.template}"

    @property
    def is_unread(self) -> bool:
        return self.read_at is None


class Dispatch(PublicId):
    """One text for one address on one channel. `public_id` is the key by which the provider knows it again.

    Address and text are there for as long as they are needed: once the row has ended (sent, failed, skipped) the
    address is blank and only its hint is left; the text is blank once sent, and at any end where no message stands
    behind the row (a sign-in code). The demo keeps all of it, to show what left.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Not sent")

    message = models.ForeignKey(  # found by the unique constraint below: one index less to keep at every mark
        "notifications.Message", on_delete=models.CASCADE, null=True, related_name="dispatches", db_index=False
    )
    template = models.CharField(max_length=80)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel.choices)
    language = models.CharField(max_length=2)
    address = models.CharField(max_length=254, blank=True)
    address_hint = models.CharField(_("to"), max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    parts = models.PositiveSmallIntegerField(default=1)
    urgent = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=7, choices=State.choices, default=State.WAITING.value)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    provider_reference = models.CharField(max_length=80, blank=True)
    error = models.CharField(_("error"), max_length=40, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    class Meta:
        verbose_name_plural = "dispatches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "leased", "sent", "failed", "skipped"]),
                name="dispatch_state_known",
            ),
            models.CheckConstraint(condition=models.Q(channel__in=["mail", "sms"]), name="dispatch_channel_known"),
            models.UniqueConstraint(fields=["message", "channel"], name="dispatch_once_a_channel"),
        ]
        indexes = [
            models.Index(
                fields=["urgent", "next_try_at", "id"], condition=models.Q(state="waiting"), name="dispatch_due"
            ),
            models.Index(fields=["lease_until"], condition=models.Q(state="leased"), name="dispatch_leased"),
            models.Index(fields=["id"], condition=models.Q(state__in=["failed", "skipped"]), name="dispatch_stuck"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.template} by {self.channel}: {self.state}"

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def can_go_again(self) -> bool:
        """Ended without leaving, and there is still something to send."""
        return self.state in {"failed", "skipped"} and bool(self.message_id and self.text)

    @property
    def error_words(self) -> str:
        """A sentence for staff; "" where all is well."""
        if not self.error:
            return ""
        return str(ERROR_WORDS.get(self.error) or _("The provider answered with %(code)s.") % {"code": self.error})


class Preference(models.Model):
    """A person's wish about one channel. No row means yes; what the law or safety asks for goes out all the same."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel.choices)
    wanted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "channel"], name="preference_once_a_channel"),
            models.CheckConstraint(condition=models.Q(channel__in=["mail", "sms"]), name="preference_channel_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.channel}: {self.wanted}"


class InboundSms(PublicId):
    """An SMS that came in, kept whole as the provider sent it before anything was read of it, and read by the worker.

    provider_id: its own number of the message, so that what is sent again counts once. body: what was sent, blank some weeks after.
    person: whose verified number it came from, None where it is nobody's. hint: of the number, for staff.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READ = "read", _("Read")
        UNREAD = "unread", _("Nobody could read it")
        STRANGER = "stranger", _("From an unknown number")
        FAILED = "failed", _("Failed")

    provider_id = models.CharField(max_length=80, unique=True)
    body = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, null=True, related_name="+")
    hint = models.CharField(max_length=24, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "inbound SMS"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "read", "unread", "stranger", "failed"]),
                name="inbound_state_known",
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="waiting"), name="inbound_due"),
            models.Index(fields=["person", "-received_at"], name="inbound_person"),
            models.Index(fields=["received_at"], condition=~models.Q(body=""), name="inbound_old"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id}: {self.state}"

    @property
    def tone(self) -> str:
        return INBOUND_TONES[self.state]
