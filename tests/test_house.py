"""Who may lean on whom, and nothing left lying about."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for app in ("coalition", "directory") for path in (ROOT / app).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Rooms of the directory, each leaning only on those before it.
ROOMS = ["models", "taxonomy", "places", "maps", "hours", "search", "interchange", "public"]
COALITION_ROOMS = [
    "mail",
    "accounts",
    "review",
    "members",
    "files",
    "listings",
    "events",
    "resources",
    "catalogue",
    "pages",
    "operations",
]
# Templates of django-allauth and crispy-forms, which name them themselves.
ASKED_FOR_BY_LIBRARIES = ("account/", "mfa/", "forms/")


def imported(path: Path) -> set[str]:
    found = set()
    package = path.relative_to(ROOT).parent.as_posix().replace("/", ".")
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parts, base]).strip(".")
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if "directory" in p.relative_to(ROOT).parts[0]], ids=str
)
def test_the_directory_knows_nothing_of_the_coalition(path):
    assert not {name for name in imported(path) if name.split(".")[0] == "coalition"}


def test_no_directory_model_points_at_the_coalition():
    for model in apps.get_app_config("directory").get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.related_model and not field.auto_created:
                assert field.related_model._meta.app_label == "directory", field


def test_directory_templates_name_no_coalition_address():
    for path in (ROOT / "templates" / "directory").rglob("*.html"):
        assert "coalition:" not in path.read_text("utf-8"), path


def test_rooms_lean_downward_only():
    """`directory/models/__init__` may name search's table: Django looks for models there."""
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if parts[0] != "directory" or parts[1] not in ROOMS or path.name == "__init__.py":
            continue
        below = ROOMS[: ROOMS.index(parts[1]) + 1]
        for name in imported(path):
            bits = name.split(".")
            if bits[0] == "directory" and len(bits) > 1 and bits[1] in ROOMS:
                assert bits[1] in below, f"{path}: {name}"


def test_rooms_of_the_coalition_lean_downward_only():
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if parts[0] != "coalition" or parts[1] not in COALITION_ROOMS:
            continue
        below = COALITION_ROOMS[: COALITION_ROOMS.index(parts[1]) + 1]
        for name in imported(path):
            bits = name.split(".")
            if bits[0] == "coalition" and len(bits) > 1 and bits[1] in COALITION_ROOMS:
                assert bits[1] in below, f"{path}: {name}"


def test_every_template_is_used():
    text = "\n".join(path.read_text("utf-8") for path in [*SOURCES, *TEMPLATES])
    unused = [
        name
        for name in (path.relative_to(ROOT / "templates").as_posix() for path in TEMPLATES)
        if name not in {"400.html", "403.html", "404.html", "429.html", "500.html"}
        and not name.startswith(ASKED_FOR_BY_LIBRARIES)
        and f"'{name}'" not in text
        and f'"{name}"' not in text
    ]
    assert unused == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_templates_hold_no_inline_script_style_or_handler(path):
    text = path.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)[^>]*>", text)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates" / "components").glob("*.html")), ids=lambda p: p.name
)
def test_a_component_opens_by_naming_its_inputs(path):
    assert path.read_text("utf-8").startswith("{% comment %}")


def test_packages_are_empty():
    """What a package offers is imported from where it is; Django's models are the exception."""
    full = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if path.name == "__init__.py" and path.read_text("utf-8").strip()
    ]
    assert full == ["directory/models/__init__.py"]


def test_no_junk_drawers():
    assert not [p for p in SOURCES if p.stem in {"utils", "helpers", "common", "misc"}]
