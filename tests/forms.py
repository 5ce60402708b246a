"""A page as it reads, and its forms as a browser would send them."""

import html
from html.parser import HTMLParser


class Fields(HTMLParser):
    """Collects what the forms of a page would send, form by form."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.forms: list[dict] = []
        self.select = None
        self.area = None

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.forms.append(
                {"action": at.get("action", ""), "fields": [], "class": at.get("class", "")}
            )
        elif not self.forms:
            return
        elif tag == "input" and at.get("name"):
            kind = at.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in at:
                    self.add(at["name"], at.get("value", "on"))
            else:
                self.add(at["name"], at.get("value") or "")
        elif tag == "select":
            self.select = {"name": at["name"], "options": []}
        elif tag == "option" and self.select is not None:
            self.select["options"].append((at.get("value", ""), "selected" in at))
        elif tag == "textarea":
            self.area = [at["name"], ""]

    def handle_data(self, data):
        if self.area is not None:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "select" and self.select is not None:
            options = self.select["options"]
            chosen = [value for value, selected in options if selected] or [options[0][0]]
            self.add(self.select["name"], chosen[0])
            self.select = None
        elif tag == "textarea" and self.area is not None:
            name, text = self.area
            self.add(name, text.removeprefix("\n").replace("\n", "\r\n"))
            self.area = None

    def add(self, name, value):
        self.forms[-1]["fields"].append((name, value))


def form_in(page: str, action: str = "", css_class: str = "") -> dict[str, list[str]]:
    """The fields of the first form that goes to `action` (or has the class), by name."""
    reader = Fields()
    reader.feed(page)
    for form in reader.forms:
        if (action and form["action"] == action) or (css_class and css_class in form["class"]):
            found: dict[str, list[str]] = {}
            for name, value in form["fields"]:
                found.setdefault(name, []).append(value)
            return found
    raise AssertionError("The page has no such form.")


def text_of(response) -> str:
    """A page, as it reads."""
    return html.unescape(response.getvalue().decode())
