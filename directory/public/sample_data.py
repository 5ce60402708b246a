"""Whether the catalogue on show is the fictional one, which every page must say."""

from importlib import import_module

from django.db import DatabaseError, InterfaceError


def shows_sample_data() -> bool:
    """False where the database does not answer: help pages work without it."""
    try:
        return import_module("directory.interchange.sample").is_sample_catalogue()
    except (ModuleNotFoundError, DatabaseError, InterfaceError):
        return False
