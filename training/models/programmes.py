"""What is taught: programmes, their modules, and what is handed out."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.models import PublicId, TimeStamped, known_values
from training.codes import LANGUAGES, SKILLS

from .labels import LANGUAGE_LABELS, SKILL_LABELS


class Programme(PublicId, TimeStamped):
    """A course that cohorts go through. attendance_percent: of the hours held, that a certificate asks for; pass_mark: of 100."""

    code = models.CharField(_("short name"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    about = models.TextField(_("what it is for"), max_length=2000, blank=True)
    about_ur = models.TextField(_("the same in Urdu"), max_length=2000, blank=True)
    attendance_percent = models.PositiveSmallIntegerField(
        _("share of the hours to attend, in per cent"), default=80, validators=[MaxValueValidator(100)]
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, of 100"), default=60, validators=[MaxValueValidator(100)]
    )
    is_active = models.BooleanField(_("new cohorts can be made of it"), default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(attendance_percent__lte=100, pass_mark__lte=100), name="programme_in_bounds"
            )
        ]

    def __str__(self) -> str:
        return self.name_here

    @property
    def name_here(self) -> str:
        return (self.name_ur or self.name) if get_language() == "ur" else self.name

    @property
    def about_here(self) -> str:
        return (self.about_ur or self.about) if get_language() == "ur" else self.about


class Module(PublicId, TimeStamped):
    """One part of a programme, taught in one session. outcomes: [{"en", "ur"}], what a firm can do afterwards. skill: what the
    trainer must be able to teach. equipment: codes that the room must have. after: modules that come before this one."""

    programme = models.ForeignKey("training.Programme", on_delete=models.PROTECT, related_name="modules")
    position = models.PositiveSmallIntegerField(_("place in the order"))
    title = models.CharField(_("title"), max_length=120)
    title_ur = models.CharField(_("title in Urdu"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), default=180, validators=[MinValueValidator(15), MaxValueValidator(480)]
    )
    skill = models.CharField(
        _("what the trainer must be able to teach"), max_length=24, choices=list(SKILL_LABELS.items())
    )
    equipment = models.JSONField(_("what the room must have"), default=list, blank=True)
    outcomes = models.JSONField(default=list, blank=True)
    bring = models.CharField(_("what to bring"), max_length=200, blank=True)
    bring_ur = models.CharField(_("the same in Urdu"), max_length=200, blank=True)
    after = models.ManyToManyField("self", symmetrical=False, related_name="+", blank=True)

    class Meta:
        ordering = ["programme", "position"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "position"], name="module_position_once"),
            models.CheckConstraint(condition=models.Q(minutes__gte=15, minutes__lte=480), name="module_length"),
            known_values("skill", SKILLS, "module_skill_known"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.title_here}"

    @property
    def title_here(self) -> str:
        return (self.title_ur or self.title) if get_language() == "ur" else self.title

    @property
    def bring_here(self) -> str:
        return (self.bring_ur or self.bring) if get_language() == "ur" else self.bring

    @property
    def outcomes_here(self) -> list[str]:
        order = ("ur", "en") if get_language() == "ur" else ("en", "ur")
        return [text for one in self.outcomes if (text := one.get(order[0]) or one.get(order[1]))]


class Material(PublicId, TimeStamped):
    """Slides, work sheets and the like of a module, in one language; the newest version counts, none is taken away."""

    module = models.ForeignKey("training.Module", on_delete=models.PROTECT, related_name="materials")
    title = models.CharField(_("title"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=list(LANGUAGE_LABELS.items()))
    is_withdrawn = models.BooleanField(_("no longer handed out"), default=False)

    class Meta:
        constraints = [known_values("language", LANGUAGES, "material_language_known")]

    def __str__(self) -> str:
        return self.title


class MaterialVersion(PublicId, TimeStamped):
    """One file of a material. stored_as: below settings.VAULT_ROOT; sha256: of its content."""

    material = models.ForeignKey("training.Material", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=130)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=80)
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["material", "number"], name="material_version_once")]

    def __str__(self) -> str:
        return f"{self.material_id} v{self.number}"
