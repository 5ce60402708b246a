"""The ground of a map is where it is on the Earth, and short enough to send."""

import re

import pytest

from directory.maps import ground as grounds
from directory.maps.clipping import clip_line, clip_ring
from directory.maps.drawing import draw, scale_of
from directory.maps.frame import HEIGHT, LADDER, WHOLE, WIDTH, BadFrame, Frame
from directory.maps.ground import ground, ring_inside
from directory.maps.labels import Room, towns
from directory.maps.pins import RADIUS, Entry, pins, ties
from directory.maps.plane import degrees, polar
from directory.places.gazetteer import find, great_circle_km

THUNDER_BAY = (48.382, -89.246)
PLACES = {
    "Windsor": (42.3, -83.03),
    "Victoria": (48.43, -123.37),
    "St. John's": (47.56, -52.71),
    "Alert": (82.5, -62.35),
    "Old Crow": (67.57, -139.84),
    "Pelee Island": (41.77, -82.65),
}


def rings(path: str) -> list[list[complex]]:
    """The rings of path data in whole relative steps."""
    found = []
    for part in filter(None, path.split("M")):
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        at = 0j
        ring = []
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            at += complex(x, y)
            ring.append(at)
        found.append(ring)
    return found


def covers(path: str, spot: complex) -> bool:
    """Whether even-odd filling of the path colours that spot."""
    inside = False
    for ring in rings(path):
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            if (a.imag > spot.imag) != (b.imag > spot.imag):
                x = a.real + (spot.imag - a.imag) * (b.real - a.real) / (b.imag - a.imag)
                inside ^= spot.real < x
    return inside


def on_land(frame: Frame, lat: float, lon: float) -> bool:
    drawn, spot = ground(frame), frame.spot(lat, lon)
    return covers(drawn.land, spot) and not covers(drawn.lakes, spot)


@pytest.mark.parametrize("where", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("width", LADDER[:-1])
def test_a_spot_of_the_map_is_the_place_it_came_from(where, width):
    frame = Frame.at(*where, width)
    for spot in (0j, complex(WIDTH, HEIGHT), complex(100, 400)):
        there = frame.position(spot)
        assert abs(frame.spot(*there) - spot) < 1e-6
        assert degrees(polar(*there)) == pytest.approx(there)


@pytest.mark.parametrize("where", PLACES.values(), ids=PLACES)
def test_scale_is_true_in_the_middle_whichever_way_one_goes(where):
    frame = Frame.at(*where, 100)
    middle = frame.spot(frame.lat, frame.lon)
    for away in ((0.1, 0), (-0.1, 0), (0, 0.2), (0, -0.2)):
        there = (frame.lat + away[0], frame.lon + away[1])
        drawn = abs(frame.spot(*there) - middle) / frame.steps_per_km
        assert drawn == pytest.approx(great_circle_km(frame.lat, frame.lon, *there), rel=0.01)


@pytest.mark.parametrize("where", PLACES.values(), ids=PLACES)
def test_north_is_up_in_the_middle(where):
    frame = Frame.at(*where, 25)
    north = frame.spot(frame.lat + 0.01, frame.lon) - frame.spot(frame.lat, frame.lon)
    assert north.imag < 0
    assert abs(north.real) < 0.001 * abs(north.imag)


def test_a_circle_of_the_map_passes_through_what_is_that_far():
    frame = Frame.at(62, -75, 1000)
    middle, radius = frame.circle(64, -70, 200)
    for lat, lon in ((64 + 200 / 111.195, -70), (64 - 200 / 111.195, -70)):
        assert abs(frame.spot(lat, lon) - middle) == pytest.approx(radius, rel=0.001)


@pytest.mark.parametrize("width", LADDER)
def test_the_scale_is_a_round_length_drawn_as_long_as_it_is(width):
    frame = Frame.at(49.9, -97.1, width)
    bar = scale_of(frame)
    assert str(bar.metres).rstrip("0") in {"1", "2", "5"}
    assert (bar.x2 - bar.x1) / frame.steps_per_km * 1000 == pytest.approx(bar.metres, rel=0.02)


@pytest.mark.parametrize("width", [25, 50, 100, 250, 500])
def test_thunder_bay_has_lake_superior_to_its_south_east(width):
    frame = Frame.at(*THUNDER_BAY, width)
    east = 8 if width < 50 else 12
    assert not on_land(frame, THUNDER_BAY[0] - 0.03, THUNDER_BAY[1] + east / 74)
    assert on_land(frame, THUNDER_BAY[0], THUNDER_BAY[1] - 0.12)


def test_charlottetown_is_on_an_island():
    frame = Frame.at(46.3, -63.2, 250)
    home = [ring for ring in rings(ground(frame).land) if covers(written(ring), spot_of(frame))]
    assert len(home) == 1
    assert all(-6 < z.real < WIDTH + 6 and -6 < z.imag < HEIGHT + 6 for z in home[0])
    assert not on_land(frame, 46.05, -63.5)  # Northumberland Strait


def spot_of(frame: Frame) -> complex:
    return frame.spot(46.24, -63.13)


def written(ring: list[complex]) -> str:
    return grounds.steps([(round(z.real), round(z.imag)) for z in ring], closed=True)


@pytest.mark.parametrize(
    ("lat", "lon", "land"),
    [
        (50.45, -104.6, True),  # Regina
        (45.7, -82.2, True),  # Manitoulin Island, in Lake Huron
        (53.2, -98.0, False),  # Lake Winnipeg
        (66.0, -121.0, False),  # Great Bear Lake
        (60.0, -86.0, False),  # Hudson Bay
        (41.88, -87.8, True),  # Chicago: what borders Canada is drawn too
        (72.0, -40.0, True),  # Greenland
        (40.0, -60.0, False),  # the Atlantic
    ],
)
def test_the_whole_country_is_land_where_it_is_land(lat, lon, land):
    assert on_land(WHOLE, lat, lon) is land


@pytest.mark.parametrize("width", LADDER[:-2])
def test_inland_all_of_a_map_is_land(width):
    land = ground(Frame.at(51.5, -103.5, width)).land
    assert len(rings(land)) == 1
    assert all(covers(land, complex(x, y)) for x in (1, 360, 719) for y in (1, 270, 539))


def test_a_coast_that_passes_far_outside_never_crosses_the_map():
    """Points in a row that share a side two by two, but not all together, must not be thinned."""
    around = [-900 - 900j, -900 + 100j, -900 + 900j, 300 + 900j, 1500 + 900j, 1500 - 900j]
    assert len(ring_inside(around)) == 4
    assert ring_inside([z + 5000 for z in around]) == []


def test_rings_are_cut_at_the_edge_whichever_way_they_go():
    square = [0j, 10 + 0j, 10 + 10j, 0 + 10j]
    shape = [5 + 5j, 15 + 5j, 15 + 8j, 5 + 8j]
    for ring in (shape, shape[::-1]):
        for outline in (square, square[::-1]):
            cut = clip_ring(ring, outline)
            assert {(z.real, z.imag) for z in cut} == {(5, 5), (10, 5), (10, 8), (5, 8)}


def test_a_line_that_leaves_and_returns_is_two_lines():
    square = [0j, 10 + 0j, 10 + 10j, 0 + 10j]
    assert clip_line([2 + 5j, 12 + 5j, 12 + 6j, 2 + 6j], square) == [
        [2 + 5j, 10 + 5j],
        [10 + 6j, 2 + 6j],
    ]
    assert clip_line([-5 + 5j, 15 + 5j], square) == [[0 + 5j, 10 + 5j]]
    assert clip_line([-5 + 20j, 15 + 20j], square) == []


def test_a_simpler_line_stays_near_the_one_it_stands_for():
    line = [complex(x, (x * 7919 % 13) / 6) for x in range(300)]
    simpler = grounds.fewer(line, 1.5)
    assert len(simpler) < 150
    assert (simpler[0], simpler[-1]) == (line[0], line[-1])
    for z in line:
        after = next(i for i, k in enumerate(simpler) if k.real >= z.real)
        a, b = simpler[max(after - 1, 0)], simpler[after]
        share = (z.real - a.real) / (b.real - a.real) if b != a else 0
        assert abs(a.imag + (b.imag - a.imag) * share - z.imag) <= 2 * 1.5


@pytest.mark.parametrize("text", ["49.9,-97.14,25", "82.5,-62.35,100", "42,-83,2500"])
def test_a_frame_says_itself_and_is_read_back(text):
    assert Frame.parse(text).text == text


NO_MAPS = [
    *("", "1,2", "49.9,-97.14", "a,b,c", "nan,-97,25", "49,-97,inf", "1e2,1,1", "49.9;-97.14;25"),
    *("49.9,-97.14,0", "49.9,-97.14,-25", "49.9,-97.14,25\n", "٤٩,-97,25", "4" * 500),
    *("48.85,2.35,25", "-49.9,-97.14,25", "90,0,25", "999,999,999"),
]


@pytest.mark.parametrize("text", NO_MAPS)
def test_a_text_that_names_no_map_of_canada_is_refused(text):
    with pytest.raises(BadFrame):
        Frame.parse(text)


def test_a_width_between_two_steps_is_the_nearest():
    assert Frame.parse("49.9,-97.14,30").width == 25
    assert Frame.parse("49.9,-97.14,99999").width == LADDER[-1]


def test_a_fitted_map_shows_all_its_points_and_no_step_closer_does():
    points = [(48.4, -89.3), (48.5, -89.0), (48.3, -89.4)]
    frame = Frame.fitting(points, None)
    assert all(frame.holds(*point) for point in points)
    closer = Frame.at(frame.lat, frame.lon, LADDER[LADDER.index(frame.width) - 1])
    assert not all(closer.holds(*point, margin=60) for point in points)


def test_without_points_the_map_is_of_the_place_or_of_the_whole_country():
    assert Frame.fitting([], None) == WHOLE
    kenora = find("Kenora").place
    frame = Frame.fitting([], kenora)
    assert great_circle_km(frame.lat, frame.lon, kenora.lat, kenora.lon) < 1


def test_a_rough_place_is_shown_with_all_it_may_be():
    rough = find("P0T").place
    frame = Frame.fitting([], rough)
    assert frame.width * HEIGHT / WIDTH >= 2 * rough.rough_km


@pytest.mark.parametrize("where", PLACES.values(), ids=PLACES)
def test_every_end_of_the_country_is_on_the_map_of_the_whole(where):
    if where[0] < 80:
        assert WHOLE.holds(*where)


def test_moving_there_and_back_comes_home():
    frame = Frame.at(49.9, -97.14, 100)
    back = frame.moved(1, 0).moved(-1, 0)
    assert great_circle_km(frame.lat, frame.lon, back.lat, back.lon) < 1


def test_moving_up_is_north_and_half_a_frame():
    frame = Frame.at(49.9, -97.14, 100)
    north = frame.moved(0, -1)
    assert north.lat > frame.lat
    assert great_circle_km(frame.lat, frame.lon, north.lat, north.lon) == pytest.approx(37.5, 0.02)


def test_no_map_lies_off_the_country():
    assert Frame.at(83.4, -75, 1000).moved(0, -1) is None
    assert Frame.at(47, -53, 2500).moved(1, 0) is None
    assert WHOLE.moved(1, 0) is None
    assert WHOLE.wider() is None
    assert Frame.at(49.9, -97.14, LADDER[0]).closer([]) is None


def test_closer_than_the_whole_country_is_where_most_are():
    points = [(43.7, -79.4), (43.6, -79.5), (49.3, -123.1)]
    assert WHOLE.closer(points).holds(43.7, -79.4)


def test_numbers_never_cover_each_other_though_all_are_at_one_door():
    frame = Frame.at(*THUNDER_BAY, 10)
    found = pins([Entry(n, *THUNDER_BAY) for n in range(1, 21)], frame)
    spots = [complex(pin.x, pin.y) for pin in found.pins]
    apart = min(abs(a - b) for i, a in enumerate(spots) for b in spots[:i])
    assert apart >= 2 * RADIUS
    assert all(RADIUS <= z.real <= WIDTH - RADIUS for z in spots)
    assert all(RADIUS <= z.imag <= HEIGHT - RADIUS for z in spots)
    assert len(ties(found)[0]) == 19  # all but one stand aside, tied to the door


def test_a_number_alone_stands_on_its_place():
    frame = Frame.at(*THUNDER_BAY, 10)
    (pin,) = pins([Entry(1, 48.39, -89.24)], frame).pins
    assert abs(complex(pin.x, pin.y) - frame.spot(48.39, -89.24)) < 1


def test_an_approximate_place_is_an_area_with_no_point_in_it():
    frame = Frame.at(*THUNDER_BAY, 25)
    found = pins([Entry(n, *THUNDER_BAY, area=True) for n in range(1, 12)], frame)
    (area,) = found.areas
    exact, lines = ties(found)
    assert exact == []
    for start, _end in lines:
        assert abs(start - complex(area.x, area.y)) == pytest.approx(area.r)


def test_what_lies_beyond_the_map_is_said_and_not_drawn():
    found = pins([Entry(7, 60, -110), Entry(8, *THUNDER_BAY)], Frame.at(*THUNDER_BAY, 25))
    assert found.outside == [7]
    assert [pin.number for pin in found.pins] == [8]


@pytest.mark.parametrize(("french", "name"), [(False, "Quebec"), (True, "Québec")])
def test_towns_are_named_in_the_readers_language(french, name):
    place = find("Quebec").place
    drawing = draw(Frame.at(place.lat, place.lon, 250), [], place=place, within=None, french=french)
    assert any(label.text.startswith(name) for label in drawing.towns)


@pytest.mark.parametrize("width", LADDER)
def test_names_stay_inside_and_off_each_other_and_off_numbers(width):
    frame = Frame.at(43.7, -79.4, width)
    entries = [Entry(n, 43.7 + n * width / 9000, -79.4 - n * width / 12000) for n in range(10)]
    drawing = draw(frame, entries, place=None, within=None, french=False)
    boxes = [box(label) for label in [*drawing.towns, *drawing.waters]]
    for i, (x1, y1, x2, y2) in enumerate(boxes):
        assert 0 <= x1 < x2 <= WIDTH
        assert 0 <= y1 < y2 <= HEIGHT
        for left, top, right, bottom in boxes[:i]:
            assert x1 >= right or x2 <= left or y1 >= bottom or y2 <= top
        for pin in drawing.marks.pins:
            assert not (x1 < pin.x < x2 and y1 < pin.y < y2)
    assert len({label.text for label in drawing.towns}) == len(drawing.towns)


def box(label) -> tuple[float, float, float, float]:
    width = len(label.text) * 14
    left = {"start": label.x, "end": label.x - width, "middle": label.x - width / 2}[label.anchor]
    return left, label.y - 22, left + width, label.y + 6


def test_the_place_searched_is_named_first():
    kenora = find("Kenora").place
    frame = Frame.at(kenora.lat, kenora.lon, 1000)
    assert towns(frame, Room(), kenora, french=False)[0].text == "Kenora"
