import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from selection.correspondence.forms import PaperField
from tests.smes.papers.test_checks import pdf

pytestmark = pytest.mark.unit


def test_a_paper_with_an_answer_is_looked_through_for_viruses_too(settings, tmp_path):
    upload = SimpleUploadedFile("paper.pdf", pdf())
    settings.CLAMD_URL = ""
    assert PaperField().clean(upload).content == pdf()
    upload.seek(0)
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody.ctl"
    with pytest.raises(ValidationError) as refusal:
        PaperField().clean(upload)
    assert refusal.value.code == "not_scanned"
