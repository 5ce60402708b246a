"""Texts of an event in the reader's language, and its data for machines."""

from django import template
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString

from coalition.events import structured
from coalition.events.words import in_both, said

register = template.Library()


@register.filter
def pair(record, name: str) -> SafeString | str:
    """`{{ event|pair:"name" }}`: a text in two languages, marked where it is in the other one."""
    value, language = in_both(record, name)
    return format_html('<span lang="{}">{}</span>', language, value) if language else value


@register.filter
def pair_text(record, name: str) -> str:
    """The same for an attribute."""
    return said(record, name)


@register.filter
def pair_paragraphs(record, name: str) -> SafeString:
    """The same for longer text: paragraphs, escaped."""
    value, language = in_both(record, name)
    paragraphs = SafeString(linebreaks(value, autoescape=True)) if value else SafeString("")
    return format_html('<div lang="{}">{}</div>', language, paragraphs) if language else paragraphs


@register.simple_tag
def event_data(event, occurrence=None) -> SafeString:
    """schema.org's words for it, in a data block: nothing in it is run."""
    return structured.data_block(event, occurrence)
