"""Languages people speak, to choose from by name."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from directory.interchange.schema import LANGUAGE
from directory.interchange.shorthand import LANGUAGES

from .documents import DocumentForm, form_for

SPOKEN = LANGUAGES | {
    "bla": ("Blackfoot", "Pied-noir"),
    "chp": ("Chipewyan (Dënësųłinë́)", "Chipewyan (dënesųłiné)"),
    "dak": ("Dakota", "Dakota"),
    "de": ("German", "Allemand"),
    "hi": ("Hindi", "Hindi"),
    "it": ("Italian", "Italien"),
    "ko": ("Korean", "Coréen"),
    "moh": ("Mohawk (Kanien’kéha)", "Mohawk (kanien’kéha)"),
    "pl": ("Polish", "Polonais"),
    "pt": ("Portuguese", "Portugais"),
    "ru": ("Russian", "Russe"),
    "ta": ("Tamil", "Tamoul"),
    "ur": ("Urdu", "Ourdou"),
    "vi": ("Vietnamese", "Vietnamien"),
    "yue": ("Cantonese", "Cantonais"),
}


class SpokenBase(DocumentForm):
    """A language by its name; its names in both languages follow."""

    def __init__(self, data, **options):
        super().__init__(data, **options)
        own = 1 if get_language() == "fr" else 0
        choices = sorted((names[own], code) for code, names in SPOKEN.items())
        code = self.of.get("code")
        if code and code not in SPOKEN:
            choices.append((self.of.get("name") or self.of.get("name_fr") or code, code))
        self.fields["code"].choices = [
            ("", _("Choose a language")),
            *((code, name) for name, code in choices),
        ]

    def says_something(self) -> bool:
        return bool(self.cleaned_data.get("code"))

    def written(self) -> dict:
        written = super().written()
        code = written.get("code")
        if code and code != self.of.get("code"):
            written["name"], written["name_fr"] = SPOKEN[code]
        elif not code and not self.of.get("name"):
            written = {key: value for key, value in written.items() if key == "id"}
        return written


SpokenForm = form_for(
    LANGUAGE,
    "code note*",
    base=SpokenBase,
    choices={"code": []},
    labels={"code": _("Language")},
    helps={"note": _("Such as: on Tuesdays.")},
)
