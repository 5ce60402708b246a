"""Why a file is not taken, in the words of whoever chose it: what is wrong, and what they can do.

The codes are those of the table in docs/files.md.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WHY = {
    "empty": _(
        "This file is empty. Open it to see whether it was saved as you meant, then choose it "
        "again."
    ),
    "too-large": _(
        "This file is larger than %(limit)d MB. Save it with smaller pictures, or split it, and "
        "choose it again."
    ),
    "together-too-large": _(
        "These files are too much to send at once. Send them one after the other."
    ),
    "unknown": _(
        "We cannot tell what kind of file this is. You can use PDF, Word (.docx), Excel (.xlsx), "
        "PowerPoint (.pptx), OpenDocument (.odt, .ods, .odp), CSV, plain text, and pictures "
        "(JPEG, PNG, WebP)."
    ),
    "not-a-picture": _("This is not a picture. Choose a JPEG, PNG or WebP file."),
    "other-picture": _(
        "Pictures of this kind cannot be shown everywhere. Save it as JPEG or PNG and choose it "
        "again."
    ),
    "heic": _(
        "This photo is in a format of newer phones (HEIC) that many devices cannot show. Share "
        "or save it as JPEG, and choose that."
    ),
    "damaged-picture": _(
        "This picture is damaged or not complete, so it cannot be shown. Save or download it "
        "again, then choose it."
    ),
    "too-many-pixels": _(
        "This picture has more than %(limit)d million pixels. Save it smaller (2,000 pixels wide "
        "is plenty), then choose it again."
    ),
    "damaged": _(
        "This file is damaged or not complete. Open it on your device, save it again, then choose "
        "it."
    ),
    "password": _(
        "This file can only be opened with a password. Save it without one and choose it again: "
        "who may see it is set here."
    ),
    "old-office": _(
        "This is an Office file of the older kind (.doc, .xls, .ppt), or one with a password. "
        "Save it as .docx, .xlsx, .pptx or PDF, without a password, and choose that."
    ),
    "other-office": _(
        "This is a template or another kind of Office file that we do not take. Save it as an "
        "ordinary document (.docx, .xlsx, .pptx, .odt, .ods, .odp) or as PDF, and choose that."
    ),
    "rtf": _("Rich text (.rtf) can hide programs. Save it as .docx, .odt or PDF, and choose that."),
    "macros": _(
        "This file holds macros or another program, which could harm whoever opens it. Save it "
        "without (.docx, .xlsx, .pptx) or as PDF, and choose that."
    ),
    "fetches": _(
        "This file would fetch something from elsewhere when it is opened, which tells others who "
        "reads it. Save it as PDF and choose that."
    ),
    "unpacks-too-large": _(
        "This file would become far too large when it is opened. Save it with less in it, or as "
        "PDF, and choose that."
    ),
    "archive": _(
        "This is a packed folder (such as ZIP). Unpack it and choose the documents in it one "
        "after the other."
    ),
    "program": _("This is a program. Only documents and pictures can be shared here."),
    "sound-or-video": _(
        "This is sound or video. Put it where videos are shown, and give its link here instead."
    ),
    "web-page": _(
        "This is a web page or a drawing made of code (HTML, SVG, XML), which can hide programs. "
        "Save it as PDF, or a drawing as PNG, and choose that."
    ),
    "script": _("This is a script. Only documents and pictures can be shared here."),
    "not-what-it-says": _(
        "This is plain text, but its name says something else. If it is meant to be read as text, "
        "give it a name that ends in .txt or .csv, and choose it again."
    ),
    "encoding": _(
        "The accents in this text are written in a way we cannot read for certain. Save it as "
        "UTF-8 (in Excel: “CSV UTF-8”) and choose it again."
    ),
}


def refused(code: str, **values) -> ValidationError:
    return ValidationError(WHY[code], code=code, params=values or None)
