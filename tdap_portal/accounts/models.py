"""People who can sign in, the roles they hold, and partner organisations."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values

from .roles import OFFICIAL_ROLES, PartnerKind, Role
from .states import OPEN_REQUESTS, Refusal, RequestState

ROLE_LABELS = {
    Role.OFFICER: _("Officer"),
    Role.APPROVER: _("Director"),
    Role.PROGRAMME_MANAGER: _("Programme manager"),
    Role.FINANCE_OFFICER: _("Finance officer"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.PARTNER: _("Partner"),
}
REQUEST_STATE_LABELS = {
    RequestState.PENDING: _("Waits for an administrator"),
    RequestState.SIGNED: _("One signature, waits for a second person"),
    RequestState.GRANTED: _("Granted"),
    RequestState.REFUSED: _("Request refused"),
    RequestState.WITHDRAWN: _("Request withdrawn"),
    RequestState.LAPSED: _("Lapsed: nobody decided in time"),
}
REFUSAL_LABELS = {
    Refusal.NOT_KNOWN: _("We could not confirm that you work in the office you named."),
    Refusal.OTHER_ROLE: _("Another role fits this work. Ask for that one."),
    Refusal.NOT_NEEDED: _("What you describe does not need this role."),
    Refusal.OFFICE_WRITES: _("The head of your office writes to TDAP first. Then ask again."),
}
PARTNER_KIND_LABELS = {
    PartnerKind.CHAMBER: _("Chamber or association"),
    PartnerKind.PROVINCE: _("Provincial government"),
    PartnerKind.BANK: _("Bank"),
    PartnerKind.MICROFINANCE_BANK: _("Microfinance bank"),
    PartnerKind.PLATFORM: _("Platform"),
}


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email) if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(PublicId, AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail or mobile number; at least one of them is there."""

    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    mobile = models.CharField(_("mobile number"), max_length=16, unique=True, null=True, blank=True)
    mobile_verified = models.BooleanField(default=False)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=2, default="en", choices=[("en", "English"), ("ur", "اردو")])
    shortcuts = models.BooleanField(_("keys of the desk"), default=True, db_default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("may open the administration pages"), default=False)
    is_demo = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)
    sessions_ended_at = models.DateTimeField(null=True, editable=False)  # when the person was locked out last

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=False) | models.Q(mobile__isnull=False), name="user_can_be_reached"
            ),
        ]
        indexes = [  # the orders of the list of people
            models.Index(fields=["name", "id"], name="user_name"),
            models.Index(fields=["last_login", "id"], name="user_seen"),
            models.Index(fields=["name", "id"], condition=models.Q(is_active=False), name="user_locked_out"),
            models.Index(fields=["name", "id"], condition=models.Q(last_login__isnull=True), name="user_never"),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email or None  # an empty text would clash with the next one
        self.mobile = self.mobile or None
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's mark of a session, which no longer fits once the person was locked out: returning takes signing in."""
        mark: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # Django's, left out of its types
        if self.sessions_ended_at is None:
            return mark
        return salted_hmac("accounts.sessions_ended_at", f"{mark} {self.sessions_ended_at.timestamp()}").hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else ""

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(grant.role) for grant in self.role_grants.all())

    def has_role(self, *roles: Role) -> bool:
        """True if the person holds one of these roles and is active."""
        return self.is_active and not self.roles.isdisjoint(roles)

    @property
    def is_official(self) -> bool:
        return self.is_active and not self.roles.isdisjoint(OFFICIAL_ROLES)

    @property
    def is_partner(self) -> bool:
        return self.has_role(Role.PARTNER)

    @property
    def needs_second_factor(self) -> bool:
        """True for whoever sees more than the own firm, or may open the administration pages."""
        return self.is_official or self.is_partner or self.is_staff or self.is_superuser

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """The administration pages belong to the role; what can be changed there is said by each page."""
        return self.has_role(Role.ADMINISTRATOR) or super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_role(Role.ADMINISTRATOR) or super().has_module_perms(app_label)


class RoleGrant(TimeStamped):
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=[(role.value, label) for role, label in ROLE_LABELS.items()])
    granted_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_granted_once"),
            models.CheckConstraint(condition=models.Q(role__in=[r.value for r in Role]), name="role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class Partner(PublicId, TimeStamped):
    """An organisation that nominates, trains, finances or brings firms on a platform."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    kind = models.CharField(
        _("kind"), max_length=20, choices=[(kind.value, label) for kind, label in PARTNER_KIND_LABELS.items()]
    )
    province = models.CharField(_("province"), max_length=5, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in PartnerKind]), name="partner_kind_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PartnerMember(TimeStamped):
    partner = models.ForeignKey("accounts.Partner", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="partnerships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "user"], name="partner_member_once")]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.user_id}"


class RoleRequest(PublicId, TimeStamped):
    """Somebody waits for a role: the person asked for it, or an administrator gave it and a second person has to sign."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="role_requests")
    asked_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, label) for role, label in ROLE_LABELS.items()])
    partner = models.ForeignKey("accounts.Partner", on_delete=models.CASCADE, null=True, related_name="+")
    office = models.CharField(max_length=120, blank=True)
    why = models.TextField(max_length=1000)
    state = models.CharField(max_length=10, default=RequestState.PENDING.value)
    signed_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=20, blank=True)
    lapses_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(state__in=[state.value for state in OPEN_REQUESTS]),
                name="role_request_open_once",
            ),
            known_values("state", RequestState, "role_request_state_known"),
            known_values("role", Role, "role_request_role_known"),
            models.CheckConstraint(
                condition=models.Q(role=Role.PARTNER.value, partner__isnull=False)
                | (~models.Q(role=Role.PARTNER.value) & models.Q(partner__isnull=True)),
                name="role_request_names_its_partner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=models.Q(state__in=[state.value for state in OPEN_REQUESTS]),
                name="role_request_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REQUESTS


class ApiToken(models.Model):
    """The key of a person's program, as a hash: the key itself is shown once. A new password stops it, as it ends sessions."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="api_token")
    digest = models.CharField(max_length=64, unique=True)
    password_mark = models.CharField(max_length=64)
    may_write = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}: {timezone.localdate(self.expires_at)}"

    @staticmethod
    def digest_of(key: str) -> str:
        """Without salt: the key is random, so nobody can try keys out."""
        return hashlib.sha256(key.encode()).hexdigest()

    @property
    def is_of_this_password(self) -> bool:
        return constant_time_compare(self.password_mark, self.user.get_session_auth_hash())
