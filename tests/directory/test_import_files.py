"""Files of rows: any encoding read right or refused by name, nothing lost, nothing guessed."""

import pytest

from directory.interchange.importing.rows import UnreadableFile, open_table

COLUMNS = ["ID", "NAME", "TOWN"]
TEXT = "ID,NAME,TOWN\n1,Centre de santé,Québec\n2,“Harbour” – œuvre,Kenora\n"
PLAIN = "ID,NAME,TOWN\n1,Centre de santé,Québec\n2,L'Équipe,Kenora\n"


@pytest.fixture
def table(tmp_path):
    def opened(content: bytes | str, columns=COLUMNS):
        path = tmp_path / "rows.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_table(path, columns)

    return opened


def cells(table) -> list[list[str]]:
    return [list(row.values.values()) for row in table.rows()]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_an_encoding_that_can_be_told_is_read_right(table, encoding):
    assert cells(table(TEXT.encode(encoding))) == [
        ["1", "Centre de santé", "Québec"],
        ["2", "“Harbour” – œuvre", "Kenora"],
    ]


def test_latin_1_is_read_right(table):
    found = table(PLAIN.encode("latin-1"))
    assert found.encoding == "cp1252"  # the same letters, and its quotes and dashes beside them
    assert cells(found)[1] == ["2", "L'Équipe", "Kenora"]


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp437"])
def test_other_encodings_are_refused_with_the_byte_that_tells(table, encoding):
    with pytest.raises(UnreadableFile, match=r"line 2, byte [0-9A-F]{2} at position \d+"):
        table(PLAIN.encode(encoding))


def test_two_encodings_in_one_file_are_refused_with_the_line(table):
    content = PLAIN.encode() + "3,Bureau de santé,Ottawa\n".encode("latin-1")
    with pytest.raises(UnreadableFile, match="mixes encodings: it is UTF-8 up to line 4"):
        table(content)


def test_a_file_that_belies_its_own_mark_is_refused(table):
    with pytest.raises(UnreadableFile, match="says it is UTF-8"):
        table(b"\xef\xbb\xbf" + PLAIN.encode("latin-1"))


def test_a_letter_cut_in_two_by_the_reading_is_no_failure(table):
    filler = "9,x,y\n" * 10_922
    for shift in range(4):
        content = "ID,NAME,TOWN\n" + filler + "z" * shift + "é" * 40 + ",é,é\n"
        assert table(content).encoding == "utf-8"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04 whatever", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"ID,NAME,TOWN\n1,\x00\x01\x02,x\n", "null bytes"),
        (b"<html><body>Not found</body></html>", "not a CSV file"),
        (b"just one line of words\n", "not a CSV file"),
    ],
)
def test_what_is_no_csv_file_is_refused_by_name(table, content, message):
    with pytest.raises(UnreadableFile, match=message):
        table(content)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UnreadableFile, match="Cannot read"):
            open_table(path, COLUMNS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_told_apart(table, delimiter):
    content = delimiter.join(COLUMNS) + "\n" + delimiter.join(["1", '"a, b; c"', "Kenora"]) + "\n"
    found = table(content)
    assert found.delimiter == delimiter
    assert cells(found) == [["1", "a, b; c", "Kenora"]]


def test_a_missing_column_is_named_with_the_one_meant(table):
    with pytest.raises(UnreadableFile, match=r"“TOWN” is missing\. There is one called “Towns”"):
        table("ID,NAME,Towns\n1,a,b\n")
    with pytest.raises(UnreadableFile, match=r"“TOWN” is missing\. The file has: ID, NAME, place"):
        table("ID,NAME,place\n1,a,b\n")


def test_a_column_that_is_there_twice_is_refused(table):
    with pytest.raises(UnreadableFile, match="“NAME” is there twice"):
        table("ID,NAME,NAME,TOWN\n1,a,b,c\n")


def test_rows_are_numbered_as_a_spreadsheet_does(table):
    content = 'ID,NAME,TOWN\n1,"two\nlines",x\n\n2,b,y\n'
    assert [row.number for row in table(content).rows()] == [2, 4]


def test_a_row_with_another_number_of_columns_says_so_and_the_next_is_read(table):
    rows = list(table("ID,NAME,TOWN\n1,a\n2,b,Kenora,extra\n3,c,Kenora\n").rows())
    assert [bool(row.problem) for row in rows] == [True, True, False]
    assert "2 columns" in rows[0].problem
    assert "4 columns" in rows[1].problem


@pytest.mark.parametrize(
    "content",
    [
        'ID,NAME,TOWN\n1,a,x\n2,"b,y\n3,c,z\n',
        'ID,NAME,TOWN\n1,a,x\n2,"b,y\n3,"c",z\n',
        'ID,NAME,TOWN\n1,a,x\n2,"b" c,y\n3,c,z\n',
        'ID,NAME,TOWN\n1,a,x\n2,"' + "b" * 200_000 + "\n",
    ],
)
def test_a_quote_left_open_names_the_row_that_opened_it(table, content):
    with pytest.raises(UnreadableFile, match="Row 3 opens a quote"):
        list(table(content).rows())


def test_quotes_inside_values_and_doubled_ones_are_text(table):
    content = 'ID,NAME,TOWN\n1,William "Bill" House,x\n2,"the ""Hub""",y\n'
    assert [row.values["NAME"] for row in table(content).rows()] == [
        'William "Bill" House',
        'the "Hub"',
    ]
