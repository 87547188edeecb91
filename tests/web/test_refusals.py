"""With Urdu active nobody is refused in English: fields, validators, passwords, sign-in and our own refusals."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import allauth
import django
import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.translation import gettext, ngettext

from smes.vocabulary.certificates import CERTIFICATES
from smes.vocabulary.markets import countries
from tdap_portal.core.package_messages import PACKAGE_MESSAGES
from tests.factories.accounts import UserFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("tdap_portal", "smes", "selection")
# Names that stay Latin in Urdu, see the glossary of the style: numbers of authorities, kinds of files, products.
NAMES = (
    "TDAP|CNIC|NTN|SECP|IBAN|IRIS|PDF|JPEG|PNG|CSV|XLSX|JSON|UTF|MB|KB|kB|GB|HS|PK|PIN|PKR|USD|ISO|SA8000|CE|FDA|HACCP|BRC|FIFA|GOTS|"
    "OEKO|TEX|BSCI|amfori|Sedex|SMETA|WRAP|GoodWeave|FSC|MSC|PSEB|PCI|DSS|FOB|passkey|JavaScript|Payoneer|Wise|Excel|LLP|API"
)
ISOLATED = re.compile("\u2068[^\u2069]*\u2069")  # examples and values
ENGLISH = re.compile(rf"(?<![A-Za-z])(?!(?:{NAMES})(?![A-Za-z]))[A-Za-z][A-Za-z]+")


def english_in(text: Any) -> list[str]:
    """The Latin words of a sentence that are no name and no example."""
    return ENGLISH.findall(re.sub(r"%\(\w+\)[sdr]|%[sd]|\{\w+\}|<[^>]*>", "", ISOLATED.sub("", str(text))))


def form_modules() -> Iterator[Any]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "forms" in path.parts or path.stem in ("forms", "registration", "codes", "fields"):
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                yield importlib.import_module(name)
    for name in ("account", "mfa.base", "mfa.totp", "mfa.webauthn", "mfa.recovery_codes"):
        yield importlib.import_module(f"allauth.{name}.forms")


def every_field() -> list[tuple[str, forms.Field]]:
    """The fields of every form that a page of ours or of allauth has, and one of each kind of Django's."""
    found = {}
    for module in form_modules():
        for _name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, forms.BaseForm):
                for name, field in getattr(kind, "base_fields", {}).items():
                    found[f"{kind.__module__}.{kind.__name__}.{name}"] = field
    plain = (forms.CharField, forms.EmailField, forms.URLField, forms.IntegerField, forms.DecimalField, forms.FileField)
    limits: dict[type, dict[str, Any]] = {
        forms.CharField: {"min_length": 2, "max_length": 9},
        forms.IntegerField: {"min_value": 1, "max_value": 9, "step_size": 2},
        forms.DecimalField: {"max_digits": 4, "decimal_places": 2},
        forms.URLField: {"assume_scheme": "https"},
    }
    return [*found.items(), *((kind.__name__, kind(**limits.get(kind, {}))) for kind in plain)]


def sentences_of(field: forms.Field) -> Iterator[Any]:
    """All that a field can say: its own words and errors, and those of its validators where they are tried in vain."""
    yield from (field.label or "", field.help_text)
    yield from field.error_messages.values()
    for bad in ("", "\x00", "x" * 9999, "rabia@", "-999999999.99999", "1", "9" * 40, "htp:/x", ["no such"]):
        try:
            field.clean(bad)
        except ValidationError as wrong:
            yield from wrong.messages
        except (TypeError, ValueError, AttributeError, NotImplementedError, KeyError):
            continue  # this kind of field reads another kind of thing


@pytest.mark.django_db
def test_no_field_of_any_form_speaks_english_in_urdu():
    wrong = {}
    with translation.override("ur"):
        fields = every_field()
        for name, field in fields:
            said = {str(text) for text in sentences_of(field) if english_in(text)}
            if said:
                wrong[name] = said
    assert len(fields) > 40
    assert wrong == {}


@pytest.mark.django_db
def test_no_password_is_refused_in_english():
    rabia = UserFactory(email="rabia.noor@noorsports.pk", name="Rabia Noor")
    said = []
    with translation.override("ur"):
        for bad in ("abc", "password12", "1234567890", "rabia.noor@noorsports"):
            with pytest.raises(ValidationError) as refusal:
                validate_password(bad, rabia)
            said += refusal.value.messages
    assert "پاس ورڈ کم از کم 10 حروف کا ہو۔" in said
    assert [text for text in said if english_in(text)] == []


@pytest.mark.django_db
def test_no_message_of_allauth_is_english():
    with translation.override("ur"):
        said = [*get_adapter().error_messages.values(), *get_mfa_adapter().error_messages.values()]
        assert [str(text) for text in said if english_in(text)] == []
        assert str(get_adapter().error_messages["incorrect_code"]) == "کوڈ درست نہیں۔ دیکھ کر دوبارہ لکھیں۔"


def test_sizes_names_of_countries_and_certificates_are_urdu():
    with translation.override("ur"):
        assert filesizeformat(5 * 1024 * 1024) == "5.0\xa0MB"
        assert filesizeformat(2048) == "2.0\xa0KB"
    assert [name for name in countries("ur").values() if english_in(name)] == []
    assert [kind.name_ur for kind in CERTIFICATES.values() if english_in(kind.name_ur)] == []
    assert CERTIFICATES["iso_9001"].label("ur") == "ISO 9001 (معیار کا نظام)"


def test_the_check_sees_english():
    assert english_in("یہ خانہ required ہے") == ["required"]
    assert english_in("CNIC میں 13 ہندسے، جیسے \u2068Noor Ltd\u2069") == []
    with translation.override("en"):
        assert english_in(forms.Field().error_messages["required"])


# What packages say -------------------------------------------------------------------------------------------------------
def said_by_packages() -> str:
    """The string literals of Django and allauth, each on a line of its own."""
    found: set[str] = set()
    folders = [
        Path(django.__file__).parent / name
        for name in ("contrib/auth", "core", "db/models", "forms", "template", "utils")
    ]
    folders += [Path(allauth.__file__).parent / name for name in ("account", "mfa", "core")]
    for folder in folders:
        for path in folder.rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            found |= {
                node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return "\n".join(found)


def test_every_listed_message_is_said_by_its_package_and_translated():
    said = said_by_packages()
    plain = [text for text in PACKAGE_MESSAGES if isinstance(text, str)]
    assert len(plain) > 60
    assert [text for text in plain if text not in said] == []
    with translation.override("ur"):
        assert [text for text in plain if english_in(gettext(text))] == []
        assert ngettext("%(num)d week", "%(num)d weeks", 3) % {"num": 3} == "3 ہفتے"


# Our own ----------------------------------------------------------------------------------------------------------------
REFUSALS = ("DomainError", "NotAllowed", "NotFound", "WrongState", "ValidationError", "PaperError")


def bare(tree: ast.AST) -> list[int]:
    """Lines that refuse in a sentence which is not marked for translation."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in REFUSALS
        and node.args
        and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
        and isinstance(getattr(node.args[0], "value", ""), str)
    ]


def test_every_refusal_of_ours_is_marked_for_translation():
    wrong = {
        str(path.relative_to(ROOT)): lines
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if (lines := bare(ast.parse(path.read_text("utf-8"))))
    }
    assert wrong == {}


def test_an_unmarked_refusal_is_seen():
    assert bare(ast.parse('raise WrongState("Not now.")')) == [1]
    assert bare(ast.parse('raise WrongState(_("Not now."))')) == []
