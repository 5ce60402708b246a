"""Everything the site says, it says in French too, and the compiled catalogues say the same.

No GNU gettext is needed to run these: strings are found by reading Python and templates the way
`makemessages` does. After a string is new, changed or gone, a failure prints TO_MEND below.
"""

import ast
import re
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "coalition" / "locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
FRENCH = polib.pofile(LOCALE / "fr" / "LC_MESSAGES" / "django.po")
TO_MEND = """
    .venv/bin/python manage.py makemessages -l fr --add-location file --no-wrap --no-obsolete \\
        --ignore tests --ignore var
(needs GNU gettext), say in coalition/locale/fr/LC_MESSAGES/django.po what is new, and
    .venv/bin/python manage.py compilemessages --ignore .venv
"""

# What each function of gettext takes: the places of its context and its words.
FUNCTIONS = {
    "gettext": (None, 0),
    "ngettext": (None, 0),
    "pgettext": (0, 1),
    "npgettext": (0, 1),
}
FUNCTIONS |= {f"{name}_lazy": places for name, places in FUNCTIONS.items()} | {
    "gettext_noop": (None, 0)
}
# What `templatize` makes of a template's tags; all its other words it turns into rows of X.
CALL = re.compile(r"(?<!\w)(?:_|n?p?gettext)\(")

# A message's context, or None, and its words.
Message = tuple[str | None, str]


def messages_in_python(source: str) -> set[Message]:
    """What is given to gettext's functions, under whatever name they were imported."""
    tree = ast.parse(source)
    names = {name: name for name in FUNCTIONS} | {"_": "gettext"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {
                alias.asname: alias.name
                for alias in node.names
                if alias.asname and alias.name in FUNCTIONS
            }
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        if isinstance(node.func, ast.Name):
            name = names.get(node.func.id)
        if name not in FUNCTIONS:
            continue
        context, words = (
            None if place is None or place >= len(node.args) else literal(node.args[place])
            for place in FUNCTIONS[name]
        )
        if words:
            found.add((context, words))
    return found


def literal(node: ast.expr) -> str | None:
    """The text of a plain string; None for anything that only running it would tell."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def messages_in_template(source: str) -> set[Message]:
    found = set()
    text = templatize(source)
    for start in CALL.finditer(text):
        for end in re.finditer(r"\)", text[start.end() :]):
            call = text[start.start() : start.end() + end.end()]
            try:
                found |= messages_in_python(call.strip())
            except SyntaxError:
                continue  # a bracket within the words: the call ends further on
            break
    return found


@pytest.fixture(scope="module")
def said() -> dict[Message, str]:
    """Every string of the code and the templates, and a file that says it."""
    found = {}
    for app in ("coalition", "directory"):
        for path in sorted((ROOT / app).rglob("*.py")):
            for message in messages_in_python(path.read_text("utf-8")):
                found.setdefault(message, path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "templates").rglob("*.*")):
        for message in messages_in_template(path.read_text("utf-8")):
            found.setdefault(message, path.relative_to(ROOT).as_posix())
    return found


def in_catalogue(catalogue: polib.POFile) -> set[Message]:
    return {(entry.msgctxt, entry.msgid) for entry in catalogue}


def translations(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Pairs of what is said in English and in French, for each form of the entry."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [
        (entry.msgid if form == 0 else entry.msgid_plural, text)
        for form, text in entry.msgstr_plural.items()
    ]


def test_every_string_of_the_site_is_in_the_french_catalogue(said):
    missing = [(said[found], found[1]) for found in said.keys() - in_catalogue(FRENCH)]
    assert not missing, f"No French for {sorted(missing)}. Run{TO_MEND}"


def test_the_french_catalogue_holds_nothing_that_the_site_no_longer_says(said):
    gone = [words for _context, words in in_catalogue(FRENCH) - said.keys()]
    assert not gone, f"Said nowhere: {sorted(gone)}. Run{TO_MEND}"


def test_every_entry_is_in_french_and_none_is_a_guess():
    guessed = [entry.msgid for entry in FRENCH if entry.fuzzy]
    empty = [entry.msgid for entry in FRENCH if not all(text for _, text in translations(entry))]
    assert not guessed, f"makemessages guessed the French of {guessed}: put it right"
    assert not empty, f"No French for {empty}"


def test_what_is_filled_in_is_the_same_in_both_languages():
    """%(name)s, %d, {name}; and the HTML elements, whose addresses may differ."""
    parts = re.compile(r"%\(\w+\)[\d.]*[a-z]|%[\d.]*[sd]|\{[\w%]*\}|</?[a-z]+")
    for entry in FRENCH:
        for english, french in translations(entry):
            assert Counter(parts.findall(english)) == Counter(parts.findall(french)), english
            unnamed = r"%[\d.]*[sd]"
            assert re.findall(unnamed, english) == re.findall(unnamed, french), english


def test_french_is_set_as_canada_sets_it():
    """Curly apostrophes; no-break spaces within « » and before a colon; none before ; ? and !"""
    for entry in FRENCH:
        for _english, french in translations(entry):
            words = re.sub(r"<[^>]*>", "", french)
            assert not re.search(r"\w'\w", words), french
            assert "“" not in words, french
            assert not re.search(f"«(?!{NO_BREAK_SPACE})|(?<!{NO_BREAK_SPACE})»", words), french
            assert not re.search(rf"(?<!{NO_BREAK_SPACE}):(?=\s|$)", words), french
            assert not re.search(r"\s[;?!]", words), french


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_is_what_the_written_one_says(path):
    def entries(catalogue):
        return {(e.msgctxt, e.msgid): translations(e) for e in catalogue}

    written = [entry for entry in polib.pofile(path) if entry.translated()]
    compiled = polib.mofile(path.with_suffix(".mo"))
    assert entries(compiled) == entries(written), (
        f"{path.with_suffix('.mo')} says something else. Run{TO_MEND}"
    )


def test_the_english_catalogue_changes_only_strings_that_the_site_says(said):
    assert in_catalogue(polib.pofile(LOCALE / "en" / "LC_MESSAGES" / "django.po")) <= said.keys()


def test_strings_are_found_as_gettext_finds_them():
    """The finder itself: aliases, contexts, plurals, trimmed blocks, filters; nothing computed."""
    python = (
        "from django.utils.translation import pgettext as p, ngettext_lazy as n\n"
        'translation.gettext("One " "line"); p("month", "May"); n("%d row", "%d rows", x)\n'
        'gettext_noop("Later"); _(computed); other("Not this")'
    )
    assert messages_in_python(python) == {
        (None, "One line"),
        ("month", "May"),
        (None, "%d row"),
        (None, "Later"),
    }
    template = (
        "{% load i18n %}Not this _('nor this') {% translate 'It’s (here)' context 'where' %}"
        "{% blocktranslate count n=x trimmed %}\n {{ n }} bed (free)\n{% plural %}"
        "{{ n }} beds{% endblocktranslate %}{{ x|default:_('None') }}{# {% translate 'Off' %} #}"
        "{% comment %}{% translate 'Off too' %}{% endcomment %}"
    )
    assert messages_in_template(template) == {
        ("where", "It’s (here)"),
        (None, "%(n)s bed (free)"),
        (None, "None"),
    }
