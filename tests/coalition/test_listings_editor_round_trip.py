"""Opening a part of the editor and saving it changes nothing: for every listing of the sample."""

import datetime
import uuid
from functools import cache

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string

from coalition.listings.editor import SECTIONS, Editor, timetables
from coalition.listings.forms.hours import Hours
from coalition.listings.forms.parts import Posted, Rows
from coalition.listings.forms.terms import Terms
from directory.interchange.merging import differences
from directory.interchange.proposals import kept_form
from directory.interchange.sample import sample_documents
from tests.forms import form_in

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)
SEED = uuid.UUID(int=7)
ON_A_PAGE = 40  # every so many listings go through the page itself


def on_the_page(editor: Editor) -> QueryDict:
    """What a browser would send of the editor's page, untouched."""
    parts = "".join(render_to_string(part.template, {"part": part}) for part in editor.parts)
    data = QueryDict(mutable=True)
    for name, values in form_in(f'<form class="it">{parts}</form>', css_class="it").items():
        data.setlist(name, values)
    return data


def as_fields(editor: Editor) -> QueryDict:
    """The same without drawing the page, for hundreds of listings."""
    data = QueryDict(mutable=True)
    for part in editor.parts:
        collect(part, data)
    return data


def collect(part, data: QueryDict) -> None:
    if isinstance(part, Terms):
        data.setlist("terms", sorted(part.chosen))
    elif isinstance(part, Rows):
        data[f"{part.prefix}-count"] = str(part.count)
        for row in part.rows:
            data[f"{row.prefix}-id"] = row.id
            for one in row.parts:
                collect(one, data)
    elif isinstance(part, Hours):
        data["week-holidays"] = part.week.policy
        for _code, _name, slots in part.week.days:
            for slot in slots:
                data[f"{slot.name}-opens"] = slot.opens
                data[f"{slot.name}-closes"] = slot.closes
                data[f"{slot.name}-state"] = slot.state
        for rows in part.parts:
            collect(rows, data)
    elif hasattr(part, "parts"):
        for one in part.parts:
            collect(one, data)
    else:
        for field in part.form:
            fill_in(field, data)


def fill_in(field, data: QueryDict) -> None:
    widget, value = field.field.widget, field.value()
    if isinstance(widget, forms.CheckboxInput):
        if value:
            data[field.html_name] = "on"
    elif isinstance(widget, forms.CheckboxSelectMultiple):
        data.setlist(field.html_name, value or [])
    elif isinstance(widget, forms.Select):
        first = str(field.field.choices[0][0])
        data[field.html_name] = first if value is None else str(value)
    else:
        text = widget.format_value(value)
        data[field.html_name] = "" if text is None else str(text).replace("\n", "\r\n")


@cache
def documents() -> list[dict]:
    return [kept_form(document) for document in sample_documents(TODAY)]


def saved(document: dict, code: str, at: str, sent) -> dict:
    section = SECTIONS[code]
    data = sent(Editor(section, document, at=at))
    editor = Editor(section, document, Posted(data, seed=SEED), at)
    assert editor.is_valid(), [form.errors for form in editor.forms() if form.errors]
    return kept_form(editor.written())


@pytest.mark.parametrize("code", SECTIONS)
def test_saving_a_part_as_it_is_changes_nothing(code):
    seen = []
    for number, document in enumerate(documents()):
        part = {key: document.get(key) for key in SECTIONS[code].keys}
        if part in seen:
            continue
        seen.append(part)
        sent = as_fields if number % ON_A_PAGE else on_the_page
        for at in timetables(document) if code == "when" else [""]:
            again = saved(document, code, at, sent)
            assert again == document, differences(document, again)


@pytest.mark.parametrize("code", SECTIONS)
def test_the_page_sends_what_its_fields_hold(code):
    for document in documents()[::ON_A_PAGE]:
        editor = Editor(SECTIONS[code], document)
        page = dict(on_the_page(editor).lists())
        fields = {name: values for name, values in as_fields(editor).lists() if values}
        assert {k: sorted(v) for k, v in page.items()} == {k: sorted(v) for k, v in fields.items()}
