"""What a page of results has by the hundred, drawn in a tenth of the time a loop takes."""

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
LABEL = (
    '<label class="check{}"{}><input type="checkbox" name="{}" value="{}" form="search"{}> {}'
    " <small>{}</small></label>\n"
)


@register.simple_tag
def checkboxes(name: str, options: list[dict]) -> SafeString:
    """`options`: dicts with `code`, `label`, `checked`, and perhaps `count`, `dead`, `child`."""
    name = conditional_escape(name)
    return mark_safe(  # noqa: S308 (every part that is not ours is escaped)
        "".join(
            LABEL.format(
                " child" if option.get("child") else "",
                " data-none" if option.get("dead") else "",
                name,
                conditional_escape(option["code"]),
                " checked" if option["checked"] else "",
                conditional_escape(option["label"]),
                option.get("count", ""),
            )
            for option in options
        )
    )


@register.filter
def items(texts: list[str]) -> SafeString:
    """Each text as an item of a list."""
    return mark_safe("".join(f"<li>{conditional_escape(text)}</li>" for text in texts))  # noqa: S308
