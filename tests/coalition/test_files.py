"""What becomes of an upload, row by row of docs/files.md; pictures; names."""

import io
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from PIL import ExifTags, Image, ImageCms

from coalition.files.enums import CONTENT_TYPES, PICTURES, Format
from coalition.files.inspecting import inspect
from coalition.files.refusals import WHY
from tests import uploads
from tests.uploads import SAMPLES

DOCUMENTED = (Path(__file__).resolve().parents[2] / "docs" / "files.md").read_text("utf-8")
ROWS = {
    cells[1].strip(): cells[3].strip()
    for cells in (re.split(r"(?<!\\)\|", line) for line in DOCUMENTED.splitlines())
    if len(cells) == 6 and "`" in cells[3]
}


def inspected(name: str, data: bytes, **options):
    return inspect(ContentFile(data), name, **options)


@pytest.mark.parametrize("case", ROWS)
def test_the_table_says_what_becomes_of_a_file(case):
    name, data = SAMPLES[case]()
    upload = ContentFile(data)
    upload.cut_short = case.startswith("several")
    only = case.endswith("only a picture will do")
    if "refused" in ROWS[case]:
        with pytest.raises(ValidationError) as refused:
            inspect(upload, name, pictures_only=only)
        assert f"refused: `{refused.value.code}`" == ROWS[case]
        assert "%(" not in refused.value.messages[0]
    else:
        found = inspect(upload, name, pictures_only=only)
        told = re.fullmatch(r"kept as `(\w+)`(?:, named `(.+)`)?", ROWS[case])
        assert found.format == told[1]
        assert found.name == (told[2] or found.name)
        assert found.content.tell() == 0
        assert found.size == len(found.content.read())


def test_the_table_and_the_samples_are_the_same_list():
    assert set(ROWS) == set(SAMPLES)


def test_every_format_and_every_reason_has_a_row():
    told = "\n".join(ROWS.values())
    assert [f for f in Format if f"kept as `{f}`" not in told] == []
    assert [code for code in WHY if f"refused: `{code}`" not in told] == []
    assert set(CONTENT_TYPES) == set(Format)


def test_it_says_what_is_wrong_in_the_readers_language():
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        inspected("photo.jpg", b" " * 20_000_001)
    assert "20" in refused.value.messages[0]


def test_a_document_stays_byte_for_byte():
    for case in ("a PDF", "a Word document", "a CSV in UTF-8"):
        name, data = SAMPLES[case]()
        assert inspected(name, data).content.read() == data


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_text_in_another_encoding_becomes_utf_8_that_a_spreadsheet_knows(encoding):
    found = inspected("towns.csv", uploads.TABLE.encode(encoding))
    assert found.content.read().decode("utf-8-sig") == uploads.TABLE
    found.content.seek(0)
    assert found.content.read(3) == b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://example.org/"),
        ("attachedTemplate", "file:///C:\\Users\\x\\Normal.dotm"),
    ],
)
def test_a_link_that_a_reader_presses_is_no_harm(kind, target):
    data = uploads.office(more={"word/_rels/document.xml.rels": uploads.relation(kind, target)})
    assert inspected("plan.docx", data).format == Format.DOCX


def test_a_zip_is_never_a_picture():
    with pytest.raises(ValidationError) as refused:
        inspected("photo.png", uploads.office(), pictures_only=True)
    assert refused.value.code == "not-a-picture"


def test_a_table_of_contents_of_a_million_members_is_not_read():
    """The end of the zip says so; the members themselves are not there."""
    data = bytearray(uploads.office())
    end = data.rindex(b"PK\5\6")
    entry = data[data.index(b"PK\1\2") : end]
    many = bytes(entry) * (10_000_000 // len(entry))
    tail = data[end:]
    tail[12:16] = len(many).to_bytes(4, "little")
    with pytest.raises(ValidationError) as refused:
        inspected("plan.docx", bytes(data[: data.index(b"PK\1\2")]) + many + bytes(tail))
    assert refused.value.code == "damaged"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("  a \t b .pdf ", "a b.pdf"),
        ("invoice.pdf.exe", "invoice.pdf.pdf"),
        ("Plan. May", "Plan. May.pdf"),
        ("été\u0301.PDF", "été\u0301.pdf"),
        ("e\u0301te.pdf", "éte.pdf"),
        ("ᒥᓄᔭᐃᐧᐣ.pdf", "ᒥᓄᔭᐃᐧᐣ.pdf"),
        ("lpt1.tar.pdf", "lpt1_.tar.pdf"),
        (".pdf", "document.pdf"),
        ("", "document.pdf"),
    ],
)
def test_a_name_becomes_a_plain_file_name(name, safe):
    assert inspected(name, uploads.PDF).name == safe


def test_a_long_name_keeps_its_ending():
    found = inspected("n" * 300 + ".pdf", uploads.PDF)
    assert len(found.name) == 120
    assert found.name.endswith("n.pdf")


def test_a_file_without_a_name_is_called_what_it_is_in_the_readers_language():
    assert inspected("", uploads.picture()).name == "picture.png"


def drawn(found) -> Image.Image:
    return Image.open(io.BytesIO(found.content.read()))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_stood_beside_a_picture_is_kept(format):
    data = uploads.photo(format)
    assert b"Cora Unmistakable" in data
    found = inspected("photo", data)
    kept = found.content.read()
    image = Image.open(io.BytesIO(kept))
    assert b"Cora" not in kept
    assert not image.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_upright(format):
    found = inspected("photo", uploads.photo(format, (300, 200)))
    assert (found.width, found.height) == (200, 300) == drawn(found).size


def test_a_picture_is_as_large_as_a_page_needs_and_small_for_a_small_screen():
    found = inspected("photo.jpg", uploads.photo(size=(3000, 1500)))
    assert (found.width, found.height) == (1000, 2000) == drawn(found).size
    assert (found.small.width, found.small.height) == (400, 800) == drawn(found.small).size
    assert found.small.format == found.format
    assert found.small.size < found.size
    assert inspected("photo.jpg", uploads.photo(size=(800, 400))).small is None


def test_colours_are_what_a_screen_without_colour_management_shows():
    """In this profile red is blue."""
    out = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    Image.new("RGB", (20, 20), "teal").save(out, "JPEG", icc_profile=profile)
    found = inspected("photo.jpg", out.getvalue())
    assert drawn(found).getpixel((9, 9))[2] != 128


@pytest.mark.parametrize("profile", [b"nonsense", ImageCms.ImageCmsProfile(
    ImageCms.createProfile("LAB")).tobytes()])  # fmt: skip
def test_a_profile_that_is_none_is_no_matter(profile):
    data = uploads.picture("JPEG", icc_profile=profile)
    assert inspected("photo.jpg", data).format == Format.JPEG


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_kind_is_drawn(mode):
    out = io.BytesIO()
    Image.new(mode, (1200, 20), 0).save(out, "PNG")
    found = inspected("logo.png", out.getvalue())
    assert found.format == Format.PNG
    assert found.small.width == 800


def test_sixteen_bits_of_grey_stay_grey():
    out = io.BytesIO()
    Image.new("I;16", (20, 20), 0x8000).save(out, "PNG")
    assert drawn(inspected("scan.png", out.getvalue())).getpixel((9, 9)) == (128, 128, 128)


def test_one_transparent_colour_stays_transparent():
    data = uploads.picture(transparency=(0, 128, 128))
    assert drawn(inspected("logo.png", data)).getpixel((9, 9))[3] == 0


def test_cmyk_is_drawn_for_screens():
    found = inspected("poster.jpg", uploads.picture("JPEG", mode="CMYK"))
    assert drawn(found).mode == "RGB"


def test_a_moving_picture_stands_still():
    out = io.BytesIO()
    frames = [uploads.noise(), uploads.noise()]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert drawn(inspected("x.webp", out.getvalue())).n_frames == 1


def test_what_is_wrong_beside_a_picture_does_not_refuse_it():
    exif = b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 50
    found = inspected("photo.jpg", uploads.picture("JPEG", exif=exif))
    assert found.format == Format.JPEG


@pytest.mark.parametrize("format", PICTURES)
def test_what_is_appended_to_a_picture_is_gone(format):
    data = uploads.picture(format.name) + uploads.HTML
    found = inspected("photo", data)
    assert b"script" not in found.content.read()


def test_the_sample_photo_does_say_where_it_was_taken():
    exif = Image.open(io.BytesIO(uploads.photo())).getexif()
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"
