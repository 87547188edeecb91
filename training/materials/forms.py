"""Forms of materials: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from smes.papers.checks import PaperError
from smes.papers.virus import refuse_infected
from smes.vocabulary.wording import say
from training.models.labels import (
    LANGUAGE_LABELS,
)
from training.programmes.selectors import modules_of

from .files import check_material

if TYPE_CHECKING:
    from training.models import Module, Programme


class FileForm(forms.Form):
    """A clean form holds in `file` what files.check_material gave."""

    file = forms.FileField(label=_("The file"), allow_empty_file=True, max_length=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        megabytes = settings.PAPER_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = _("PDF, PPTX, DOCX, XLSX, JPEG or PNG, up to %(megabytes)d MB.") % {
            "megabytes": megabytes
        }
        self.fields["file"].widget.attrs["accept"] = ".pdf,.pptx,.docx,.xlsx,.jpg,.jpeg,.png"

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            found = check_material(upload.file, name=upload.name, size=upload.size, max_bytes=settings.PAPER_MAX_BYTES)
            return refuse_infected(found)
        except PaperError as refusal:
            raise ValidationError(say(refusal.text, refusal.data), code=refusal.code) from None


class MaterialForm(FileForm):
    module = forms.ChoiceField(label=_("Module"))
    title = forms.CharField(label=_("Title"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGE_LABELS.items()), initial="ur")
    field_order = ("module", "title", "language", "file")

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = {one.public_id: one for one in modules_of(programme)}
        field: Any = self.fields["module"]
        field.choices = [("", _("Choose")), *((code, str(one)) for code, one in self.modules.items())]

    def clean_module(self) -> Module:
        return self.modules[self.cleaned_data["module"]]
