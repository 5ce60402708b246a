"""Text of the catalogue in the reader's language."""

from django import template
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from directory.public.cards import text

register = template.Library()


@register.filter
def say(source: dict, name: str) -> SafeString | str:
    """`{{ document|say:"name" }}`: the value of a bilingual pair, marked where it is in the
    other language, so that a screen reader says it right."""
    value, language = text(source or {}, name, get_language() == "fr")
    return format_html('<span lang="{}">{}</span>', language, value) if language else value


@register.filter
def say_paragraphs(source: dict, name: str) -> SafeString:
    """The same for longer text: paragraphs, escaped."""
    value, language = text(source or {}, name, get_language() == "fr")
    if not value:
        return SafeString("")
    paragraphs = SafeString(linebreaks(value, autoescape=True))
    return format_html('<div lang="{}">{}</div>', language, paragraphs) if language else paragraphs
