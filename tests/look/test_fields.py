"""Form fields as people and screen readers meet them."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string

from tdap_portal.web.templatetags import look
from tests.markup import flat

pytestmark = pytest.mark.unit


class FirmForm(forms.Form):
    ntn = forms.CharField(label="NTN", help_text="Seven digits.", error_messages={"required": "Write the NTN."})
    city = forms.ChoiceField(label="City", choices=[("SKT", "Sialkot")], required=False)
    main = forms.ChoiceField(
        label="Which one is your main product?",
        choices=[("950662", "Balls"), ("420321", "Gloves")],
        widget=forms.RadioSelect,
    )
    sold = forms.MultipleChoiceField(
        label="Sold where", choices=[("own", "Own")], widget=forms.CheckboxSelectMultiple, required=False
    )
    true = forms.BooleanField(label="It is true", help_text="A wrong statement ends it.")
    when = forms.SplitDateTimeField(label="When", widget=forms.SplitDateTimeWidget, required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def field(form, name, **extra):
    return flat(render_to_string("components/field.html", {"field": form[name], **extra}))


def test_a_field_stands_in_the_order_label_help_mistake_control():
    html = field(FirmForm({}), "ntn")

    order = ["<label", 'id="id_ntn_helptext"', 'id="id_ntn_error"', "<input"]
    assert sorted(order, key=html.index) == order
    assert '<div class="field is-wrong">' in html
    assert "Write the NTN." in html


def test_a_control_is_described_by_its_help_and_its_mistake():
    html = field(FirmForm({}), "ntn")

    assert 'aria-describedby="id_ntn_helptext id_ntn_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="form-control"' in html


def test_an_optional_field_says_so_and_a_required_one_does_not():
    assert "(optional)" in field(FirmForm(), "city")
    assert "(optional)" not in field(FirmForm(), "ntn")
    assert 'class="form-select"' in field(FirmForm(), "city")


def test_radio_buttons_stand_in_a_fieldset_with_a_legend():
    html = field(FirmForm({"main": "420321"}), "main")

    assert "<fieldset" in html
    assert '<legend class="form-label fs-6">Which one is your main product?</legend>' in html
    assert (
        '<input class="form-check-input" type="radio" name="main" value="420321" id="id_main_1" checked required>'
        in html
    )
    assert '<label class="form-check-label" for="id_main_0">Balls</label>' in html


def test_several_boxes_to_tick_are_a_group_too():
    html = field(FirmForm({"sold": ["own"]}), "sold")

    assert '<input class="form-check-input" type="checkbox" name="sold" value="own" id="id_sold_0" checked>' in html


def test_the_label_of_a_single_tick_stands_after_its_box():
    html = field(FirmForm(), "true")

    assert html.index("<input") < html.index("<label")
    assert 'class="form-check-input"' in html
    assert "A wrong statement ends it." in html


def test_each_part_of_a_field_in_parts_is_dressed():
    assert field(FirmForm(), "when").count('class="form-control"') == 2


def test_a_hidden_field_is_only_a_hidden_input():
    assert field(FirmForm(), "secret") == '<input type="hidden" name="secret" id="id_secret">'


def test_a_unit_is_joined_to_its_control():
    html = field(FirmForm(), "ntn", before="PKR", after="a month", short=True, wide=True, hide_label=True)

    assert '<span class="input-group-text">PKR</span><input' in html
    assert '<span class="input-group-text">a month</span></div>' in html
    assert 'class="field field--short mw-100"' in html
    assert 'class="form-label visually-hidden"' in html


def test_words_typed_by_people_cannot_become_markup():
    html = field(FirmForm({"ntn": '"><script>'}), "ntn")

    assert "<script>" not in html


def test_the_summary_links_each_mistake_to_its_field():
    form = FirmForm({})
    form.add_error(None, "The firm is registered already.")
    html = flat(render_to_string("components/wrongs.html", {"form": form}))

    assert "4 things to put right" in html
    assert "<li>The firm is registered already.</li>" in html
    assert '<a href="#id_ntn">NTN: Write the NTN.</a>' in html
    assert '<a href="#id_main_0">Which one is your main product? This field is required.</a>' in html
    assert '<a href="#id_true">It is true: This field is required.</a>' in html
    assert 'role="alert"' in html


def test_every_link_of_the_summary_lands_on_a_control():
    form = FirmForm({"when_0": "x"})
    summary = render_to_string("components/wrongs.html", {"form": form})
    page = "".join(field(form, name) for name in form.fields)

    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_a_form_without_mistakes_has_no_summary():
    form = forms.Form({})

    assert render_to_string("components/wrongs.html", {"form": form}).strip() == ""


def test_one_mistake_is_counted_in_the_singular():
    class OneForm(forms.Form):
        name = forms.CharField()

    assert "One thing to put right" in render_to_string("components/wrongs.html", {"form": OneForm({})})


def test_a_package_form_speaks_in_our_words_also_in_the_summary():
    class LoginForm(forms.Form):
        login = forms.CharField(label="Login", widget=forms.TextInput(attrs={"placeholder": "Login"}))

    form = LoginForm({})
    look.reword(form, "login", "E-mail address or mobile number", "Like 0300 1234567.")
    look.reword(form, "remember", "Not in this form")

    assert "E-mail address or mobile number: This field is required." in flat(
        render_to_string("components/wrongs.html", {"form": form})
    )
    html = field(form, "login")
    assert "Like 0300 1234567." in html
    assert 'aria-describedby="id_login_helptext id_login_error"' in html
    assert "placeholder" not in html


def test_crispy_draws_fields_and_mistakes_our_way():
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": FirmForm({})}))

    assert '<div class="field is-wrong">' in html
    assert '<a href="#id_ntn">' in html
    assert "asteriskField" not in html


def test_a_whole_form_keeps_what_is_typed_and_sends_files_right():
    class PaperForm(forms.Form):
        paper = forms.FileField()

    html = flat(
        render_to_string(
            "components/form.html",
            {
                "form": PaperForm(),
                "submit": "Send",
                "keep": "paper-1",
                "action": "/papers/",
                "back_url": "/",
                "back_label": "Back",
            },
        )
    )

    assert '<form method="post" action="/papers/" enctype="multipart/form-data" data-keep="paper-1" novalidate>' in html
    assert '<button class="btn btn-primary">Send</button><a class="btn btn-quiet" href="/">Back</a>' in html


class WordsForm(forms.Form):
    motivation = forms.CharField(widget=forms.Textarea)
    name = forms.CharField()
    code = forms.CharField(widget=forms.TextInput({"dir": "ltr"}))
    email = forms.EmailField()
    pieces = forms.IntegerField()
    day = forms.DateField()


@pytest.mark.parametrize(
    ("name", "direction"),
    [("motivation", "auto"), ("name", "auto"), ("code", "ltr"), ("email", ""), ("pieces", ""), ("day", "")],
)
def test_words_run_from_the_side_of_their_own_script(name, direction):
    """English in an Urdu page was set from the right, with its full stop on the left."""
    found = re.findall(r'dir="(\w+)"', field(WordsForm(), name))
    assert found == [direction] * bool(direction)
