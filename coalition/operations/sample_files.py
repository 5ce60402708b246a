"""Small files for the sample catalogue, made from nothing: a PDF, a table, a picture."""

import csv
import io
from collections.abc import Iterable

from PIL import Image, ImageDraw

WIDTH, HEIGHT, MARGIN, LINE = 612, 792, 72, 22  # points: a letter page
LETTERS = "cp1252"  # WinAnsiEncoding, as PDF calls it


def pdf(texts: Iterable[str]) -> bytes:
    """One page with a title and lines of text; PDF 1.4."""
    title, *lines = texts
    shown = [f"BT /F1 22 Tf {MARGIN} {HEIGHT - 90} Td ({escaped(title)}) Tj ET"]
    for number, line in enumerate(lines):
        top = HEIGHT - 140 - number * LINE
        shown.append(f"BT /F1 13 Tf {MARGIN} {top} Td ({escaped(line)}) Tj ET")
    stream = "\n".join(shown).encode(LETTERS, "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-CA) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def table(rows: Iterable[Iterable]) -> bytes:
    """CSV that spreadsheets take for UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def picture(lines: Iterable[str]) -> bytes:
    """A plain poster as PNG: coloured bands with a line of text in each."""
    lines = list(lines)
    image = Image.new("RGB", (900, 160 * len(lines)), "#fbf7f0")
    draw = ImageDraw.Draw(image)
    colours = ("#0b665d", "#a5301c", "#14692f", "#7a5200")
    for number, line in enumerate(lines):
        top = number * 160
        draw.rectangle((0, top, 24, top + 148), fill=colours[number % len(colours)])
        draw.text((60, top + 50), line, fill="#1d2a2d", font_size=36)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


MAKERS = {"pdf": pdf, "table": table, "picture": picture}
