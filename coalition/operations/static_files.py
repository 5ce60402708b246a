"""Static files as they are sent."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

STRING_OR_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.S)
BETWEEN_LINES = re.compile(r"\s*\n\s*")


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Styles go out without comments and indentation: on a slow line, a tenth less to wait for."""

    def _save(self, name, content):
        if name.endswith(".css"):
            content.seek(0)
            text = content.read()
            content = ContentFile(bare(text if isinstance(text, str) else text.decode()).encode())
        return super()._save(name, content)


def bare(css: str) -> str:
    """The same rules, without what only people read."""
    return BETWEEN_LINES.sub("\n", STRING_OR_COMMENT.sub(lambda found: found[1] or "", css)).strip()
