"""A form of a real page: what a browser would send of it, and what the page says beside its
fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from django.urls import resolve

from directory.public.anonymous import TRAP

TEXTS = ("text", "email", "url", "tel", "search", "number", "date", "time", "password")
CHOICES = ("radio", "checkbox")
ABOUT = ("pk", "slug", "token", "synonym")


@dataclass
class Control:
    """One control of a form; `kind` is "text", "area", "select", a button or the input's type
    ("file", "hidden", …)."""

    name: str
    kind: str
    element: Element

    @property
    def is_text(self) -> bool:
        return self.kind in TEXTS or self.kind == "area"

    @property
    def is_secret(self) -> bool:
        return self.kind == "password"

    @property
    def required(self) -> bool:
        return "required" in self.element.attrib

    @property
    def value(self) -> str:
        if self.kind == "area":
            return words(self.element).removeprefix("\n").replace("\n", "\r\n")
        if self.kind == "select":
            options = list(self.element.iter("option"))
            chosen = [one for one in options if "selected" in one.attrib] or options[:1]
            return next((one.get("value", words(one)) for one in chosen), "")
        return self.element.get("value", "on" if self.kind in CHOICES else "")

    @property
    def sent(self) -> bool:
        """Whether a browser sends it without anybody touching it."""
        return self.kind not in (*CHOICES, "file") or "checked" in self.element.attrib


class Form:
    """One form that is posted, on its page."""

    def __init__(self, page: "Page", element: Element):
        self.page, self.element = page, element
        self.action = urljoin(page.url, element.get("action", "")).partition("#")[0]
        every = [control for one in element.iter() if (control := page.control(one))]
        self.buttons = [one for one in every if one.kind == "button"]
        self.controls = [one for one in every if one.kind != "button"]

    @property
    def address(self) -> str:
        """The name of the address it is sent to."""
        return self.match.view_name

    @property
    def match(self):
        return resolve(urlsplit(self.action).path)

    @property
    def shape(self) -> tuple:
        """What makes two forms of a page two of a kind: but for what they are about."""
        said = tuple(value for key, value in self.match.kwargs.items() if key not in ABOUT)
        kinds = tuple(one.kind for one in self.controls)
        return self.address, said, kinds, len(self.buttons)

    def names(self, kind) -> list[str]:
        return list(dict.fromkeys(one.name for one in self.controls if kind(one)))

    @property
    def texts(self) -> list[str]:
        return self.names(lambda one: one.is_text)

    @property
    def choices(self) -> list[str]:
        return self.names(lambda one: one.kind in CHOICES or one.kind == "select")

    @property
    def lists(self) -> list[str]:
        """Where one of several is chosen; a box alone is ticked whatever it is called."""
        return [
            name
            for name in self.choices
            if self.of(name)[0].kind != "checkbox" or len(self.of(name)) > 1
        ]

    @property
    def files(self) -> list[str]:
        return self.names(lambda one: one.kind == "file")

    @property
    def takes_files(self) -> bool:
        """Whether a browser sends the files that were chosen, and not only their names."""
        return self.element.get("enctype") == "multipart/form-data"

    @property
    def hidden(self) -> list[str]:
        return self.names(lambda one: one.kind == "hidden" and one.name != "csrfmiddlewaretoken")

    def of(self, name: str) -> list[Control]:
        return [one for one in self.controls if one.name == name]

    def values(self) -> dict[str, list[str]]:
        """What is sent of it as it stands, without a button."""
        found: dict[str, list[str]] = {}
        for control in self.controls:
            if control.sent and control.name != "csrfmiddlewaretoken":
                found.setdefault(control.name, []).append(control.value)
        return found

    def message(self, name: str) -> str:
        """What is wrong with a field, if the page ties that to it for people who do not see it."""
        for control in self.of(name):
            group = self.page.group_of(control.element)
            for element in (control.element, group) if group is not None else (control.element,):
                if element.get("aria-invalid") == "true" and (told := self.page.told(element)):
                    return told
        return ""

    def holds(self, name: str, text: str) -> bool:
        return any(one_line(one.value) == one_line(text) for one in self.of(name))


class Page:
    """A page as it was answered."""

    def __init__(self, response, url: str):
        self.url = url
        self.text = response.content.decode()
        self.tree = html5lib.parse(self.text, namespaceHTMLElements=False)
        self.parents = {inner: outer for outer in self.tree.iter() for inner in outer}
        self.by_id = {one.get("id"): one for one in self.tree.iter() if one.get("id")}

    def forms(self) -> Iterator[Form]:
        for element in self.tree.iter("form"):
            if element.get("method", "").lower() == "post":
                yield Form(self, element)

    def like(self, form: Form) -> Form | None:
        """The same form, as it came back."""
        found = [one for one in self.forms() if one.address == form.address]
        wanted = {(one.name, one.kind) for one in form.controls}

        def alike(one: Form) -> tuple:
            kinds = {(control.name, control.kind) for control in one.controls}
            return one.action == form.action, len(wanted & kinds), -len(kinds - wanted)

        return max(found, key=alike, default=None)

    def control(self, element: Element) -> Control | None:
        name = element.get("name", "")
        if element.tag == "button" and element.get("type", "submit") == "submit":
            return Control(name, "button", element)
        if "disabled" in element.attrib:
            return None  # a browser does not send it
        if not name or element.tag not in ("input", "select", "textarea"):
            return None
        if name == TRAP and any(one.get("aria-hidden") for one in self.above(element)):
            return None  # for robots only
        kinds = {"select": "select", "textarea": "area"}
        return Control(name, kinds.get(element.tag) or element.get("type", "text"), element)

    def above(self, element: Element) -> Iterator[Element]:
        while (element := self.parents.get(element)) is not None:
            yield element

    def group_of(self, element: Element) -> Element | None:
        return next((one for one in self.above(element) if one.tag == "fieldset"), None)

    def told(self, element: Element) -> str:
        """The message that an element is described by, or that stands in its group."""
        named = [self.by_id.get(one) for one in element.get("aria-describedby", "").split()]
        return " ".join(words(one) for one in named if one is not None and is_message(one)).strip()

    def alerts(self) -> str:
        """What is said to everybody at once."""
        aloud = ("alert", "status")
        return " ".join(words(one) for one in self.tree.iter() if one.get("role") in aloud).strip()

    def says_why(self) -> str:
        """All that it says to be wrong."""
        beside = [words(one) for one in self.tree.iter() if is_message(one)]
        return " ".join([self.alerts(), *beside]).strip()

    def shows(self, text: str) -> bool:
        """Whether what somebody typed stands anywhere on the page, to be copied."""
        wanted = one_line(text)
        main = self.by_id["main"]
        return wanted in one_line(words(main)) or any(
            wanted in one_line(one.get("value", "")) for one in main.iter("input")
        )


def is_message(element: Element) -> bool:
    return "error" in element.get("class", "").split()


def words(element: Element) -> str:
    return "".join(element.itertext())


def one_line(text: str) -> str:
    """Spaces and line ends as one: a page may break lines where they were typed. Every parser of
    HTML reads U+FFFD for a NUL."""
    return " ".join(text.replace("\0", "\ufffd").split())
