"""Forms over one object of a listing document: its values as fields, its changes written back.

Fields come from the models, so that what is refused here is what the catalogue would refuse.
Nothing is required: a draft may be kept half-written. A field nobody touched leaves the document
as it was, to the letter.
"""

import datetime
import decimal

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from directory.interchange.merging import normalized
from directory.interchange.schema import Node, names

LONGEST_TEXT = 10_000
UNSAID = ("", None, [])


class DocumentForm(forms.Form):
    """Values of one object; `written` gives the object with what was changed. `also` are keys of
    the object that it writes and has no field for."""

    node: Node
    also: tuple[str, ...] = ()
    template = "components/editor_values.html"

    def __init__(self, data, *, of: dict, prefix: str):
        initial = {name: shown(of[name]) for name in self.base_fields if name in of}
        super().__init__(data, prefix=prefix, initial=initial)
        self.of = of

    @property
    def groups(self) -> list[list]:
        """The fields in order, those in two languages side by side."""
        groups = []
        for name in self.fields:
            if name.endswith("_fr") and name[:-3] in self.fields:
                continue
            pair = f"{name}_fr"
            groups.append([self[n] for n in (name, pair) if n in self.fields])
        return groups

    def written(self) -> dict:
        """The object as it is after this form; keys without a value are left out."""
        result = dict(self.of)
        for name in self.changed_data:
            value = in_document(self.cleaned_data.get(name))
            if value in UNSAID:
                result.pop(name, None)
            else:
                result[name] = value
        return result

    def is_blank_item(self, item: dict) -> bool:
        """Whether the object says nothing: neither here nor in keys shown elsewhere."""
        said = {key: value for key, value in item.items() if key != "id"}
        return normalized(said, self.node) == normalized({}, self.node)

    def says_something(self) -> bool:
        """Whether anything was typed; a list to choose from says its first word by itself."""
        return bool(self.of.get("id")) or any(
            self.cleaned_data.get(name) not in UNSAID
            for name, field in self.fields.items()
            if isinstance(field, forms.MultipleChoiceField)
            or not isinstance(field, forms.ChoiceField)
        )


def shown(value):
    """A document's value as a field shows it: 5, not 5.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def in_document(value):
    """A cleaned value as a document writes it."""
    match value:
        case str():
            return value.replace("\r\n", "\n").replace("\r", "\n").strip()
        case decimal.Decimal():
            return float(value)
        case datetime.time():
            return value.isoformat("minutes")
        case datetime.date():
            return value.isoformat()
    return value


def form_for(
    node: Node,
    words: str,
    *,
    base: type[DocumentForm] = DocumentForm,
    labels: dict | None = None,
    helps: dict | None = None,
    choices: dict | None = None,
) -> type[DocumentForm]:
    """A form for these values of a node; `name*` stands for `name` and `name_fr`."""
    fields = {}
    wanted = names(words)
    for name in wanted:
        field = field_for(node.model_fields[name], (choices or {}).get(name))
        pair = name.removesuffix("_fr")
        if f"{pair}_fr" in wanted and pair in wanted:
            field.widget.attrs["lang"] = "fr" if name.endswith("_fr") else "en"
        field.label = (labels or {}).get(name, field.label)
        field.help_text = (helps or {}).get(name, field.help_text)
        fields[name] = field
    return type(f"{node.model.__name__}Form", (base,), {"node": node, **fields})


def field_for(field: models.Field, choices=None) -> forms.Field:
    """The form's field for a model's, never required."""
    if isinstance(field, ArrayField):
        return forms.MultipleChoiceField(
            label=capfirst(field.verbose_name),
            choices=field.base_field.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    options: dict = {"required": False}
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    elif isinstance(field, models.DateField):
        options["widget"] = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, models.TimeField):
        options["widget"] = forms.TimeInput({"type": "time"}, format="%H:%M")
    elif isinstance(field, models.TextField):
        options["widget"] = forms.Textarea({"rows": 4})
        options["max_length"] = LONGEST_TEXT
    if choices is not None:
        return forms.ChoiceField(
            label=capfirst(field.verbose_name), choices=choices, required=False
        )
    made = field.formfield(**options)
    made.required = False
    if isinstance(made, forms.ChoiceField):
        return made
    # A form's field does not take over what the model's own validators refuse.
    made.validators += [one for one in field.validators if one not in made.validators]
    return made


class AgesForm(DocumentForm):
    """Ages in order."""

    def clean(self):
        cleaned = super().clean()
        low, high = cleaned.get("minimum_age"), cleaned.get("maximum_age")
        if low is not None and high is not None and low > high:
            self.add_error("maximum_age", _("The youngest age is above the oldest."))
        return cleaned


class TimesForm(DocumentForm):
    """A line of a timetable: both times or neither, and not the same."""

    def clean(self):
        cleaned = super().clean()
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if "opens_at" in self.errors or "closes_at" in self.errors:
            return cleaned
        if (opens is None) != (closes is None):
            missing = "opens_at" if opens is None else "closes_at"
            self.add_error(missing, _("Give an opening and a closing time, or neither."))
        elif opens is not None and opens == closes != datetime.time():
            self.add_error(
                "closes_at",
                _("Opening and closing are the same. For all day, write 00:00 to 00:00."),
            )
        return cleaned


class DatedForm(TimesForm):
    """Hours on a date, or from one to another."""

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("dtstart"), cleaned.get("until")
        if first and last and last < first:
            self.add_error("until", _("The last day is before the first."))
        if self.errors or not self.says_something():
            return cleaned
        if first is None:
            self.add_error("dtstart", _("Give the day."))
        if cleaned.get("state") == "open" and cleaned.get("opens_at") is None:
            self.add_error("opens_at", _("Say from when to when it is open."))
        return cleaned
