"""What is different between two documents, in words."""

import copy
import uuid

import pytest
from django.utils.translation import override

from directory.interchange import proposals
from directory.interchange.differences import difference, side_by_side
from directory.interchange.merging import normalized
from directory.interchange.reading_out import Vocabulary, label_of, vocabulary
from directory.interchange.schema import ORGANIZATION, SERVICE
from tests.factories import ALWAYS, listing, location, published, term

NAMES = Vocabulary(
    terms={("category", "naloxone"): "Naloxone kits", ("access", "no-id"): "No ID needed"},
    taxonomies={"category": "Category", "access": "Access"},
    units={"bed": "beds"},
)


def named(document):
    """With identifiers for every part, as a document has that was read from the catalogue."""
    document = copy.deepcopy(document)

    def name(value):
        if isinstance(value, dict):
            if "taxonomy" not in value and "identifier" not in value:
                value.setdefault("id", str(uuid.uuid4()))
            for one in value.values():
                name(one)
        elif isinstance(value, list):
            for one in value:
                name(one)

    name(document)
    return normalized(document)


def told(sections):
    """Label → (before, after), of every row."""
    return {
        row.label: tuple("".join(piece.text for piece in side) for side in (row.before, row.after))
        for section in sections
        for row in section.rows
    }


def change(edit, **given):
    before = named(listing(**given))
    after = copy.deepcopy(before)
    edit(after)
    return told(difference(before, after, NAMES))


def test_nothing_differs_from_itself():
    document = named(listing())
    assert difference(document, copy.deepcopy(document), NAMES) == []


def test_a_text_that_changed_stands_beside_the_one_before():
    assert change(lambda d: d.update(name="Kits")) == {
        "Name": ("Naloxone kits and training", "Kits")
    }


def test_what_was_emptied_or_filled_has_one_side_only():
    assert change(lambda d: d.pop("description_fr"))["Description in French"][1] == ""
    assert change(lambda d: d.update(alert="Closed today")) == {
        "Short-term notice": ("", "Closed today")
    }


def test_choices_and_truths_are_said_by_their_words():
    def edit(document):
        document["status"] = "temporarily closed"
        document["peer_led"] = True
        document["delivery"] = ["in_person", "mobile"]
        document["check_every"] = 12

    assert change(edit) == {
        "Status": ("Active", "Closed for now"),
        "Peer-led": ("No", "Yes"),
        "How it reaches people": ("In person", "In person, Comes to you"),
        "Checked every": ("Every 6 months", "Once a year"),
    }


def test_hours_are_said_day_by_day():
    def edit(document):
        line = document["service_at_locations"][0]["schedules"][0]
        line["byday"] = "TU,WE,TH,FR"
        document["service_at_locations"][0]["schedules"].append(
            {**line, "id": str(uuid.uuid4()), "byday": "MO", "opens_at": "13:00"}
        )

    assert change(edit) == {"Hours · Monday": ("9 am – 5 pm", "1 pm – 5 pm")}


def test_dated_hours_and_public_holidays_are_said_too():
    def edit(document):
        lines = document["service_at_locations"][0]["schedules"]
        lines[0]["holidays"] = "as_usual"
        lines.append({"id": "x", "state": "closed", "dtstart": "2026-12-24", "until": "2026-12-26"})

    rows = change(edit)

    assert rows["Hours · public holidays"] == ("Not on holidays", "As usual")
    assert "24" in rows["Hours · certain days"][1]
    assert "Closed" in rows["Hours · certain days"][1]


def test_a_phone_that_came_is_one_row_and_one_that_changed_says_what():
    def edit(document):
        document["phones"][0]["number"] = "807-555-0199"
        document["phones"].append({"id": "x", "number": "807-555-0100", "type": "text"})

    assert change(edit) == {
        "Phone 1 · number": ("807-555-0142", "807-555-0199"),
        "Phone 2": ("", "807-555-0100 · Text message"),
    }


def test_terms_are_said_by_their_names():
    rows = change(lambda d: d["attributes"].pop(0))

    assert rows == {"Category": ("Naloxone kits", "")}


def test_a_place_that_came_is_read_out_whole():
    before = named(listing())
    after = copy.deepcopy(before)
    place = {"location": location(address={"address_1": "9 Pine Street"}), "schedules": [ALWAYS]}
    after["service_at_locations"].append(
        named({"service_at_locations": [place]})["service_at_locations"][0]
    )

    (section,) = difference(before, after, NAMES)

    assert (section.kind, section.title) == ("added", "Place 2 · 9 Pine Street")
    assert told([section])["Hours · Sunday"] == ("", "24 hours")
    assert "9 Pine Street" in told([section])["Address"][1]


def test_parts_in_another_order_are_told():
    phones = [{"number": "807-555-0142"}, {"number": "807-555-0143"}]

    rows = change(lambda d: d["phones"].reverse(), phones=phones)

    assert rows == {"Order: Phone": ("807-555-0142, 807-555-0143", "807-555-0143, 807-555-0142")}


def test_what_is_only_pointed_to_has_not_changed():
    def edit(document):
        document["organization"] = {"id": document["organization"]["id"]}
        place = document["service_at_locations"][0]
        place["location"] = {"id": place["location"]["id"]}
        document["name"] = "Kits"

    assert list(change(edit)) == ["Name"]


def test_a_new_listing_is_read_out_whole():
    sections = difference(None, named(listing()), NAMES)

    assert {section.kind for section in sections} == {"added"}
    assert told(sections)["Category"] == ("", "Naloxone kits")
    assert told(sections)["Who sees the address"] == ("", "Address shown")
    assert "Peer-led" not in told(sections)
    assert [s.title for s in sections] == [
        "The service",
        "Place 1 · 14 Harbour Lane",
        "Organization",
    ]


def test_every_word_is_in_the_readers_language():
    with override("fr"):
        rows = change(lambda d: d.update(peer_led=True))
    assert list(rows.values()) == [("Non", "Oui")]


def test_of_long_texts_the_words_that_changed_are_marked():
    row = side_by_side("x", "Come to the blue door at noon.", "Come to the green door at noon.")

    assert [piece.text for piece in row.before if piece.mark] == ["blue"]
    assert [piece.text for piece in row.after if piece.mark] == ["green"]
    assert "".join(piece.text for piece in row.after) == "Come to the green door at noon."


@pytest.mark.parametrize("text", ["a " * 1400, "a b " * 60_000, "<i>" * 900])
def test_hostile_texts_are_laid_side_by_side_in_no_time(text):
    row = side_by_side("x", text, text + "c")

    assert "".join(piece.text for piece in row.before) == text


def values_of(node):
    """A document in which every field of the schema says something."""
    document = {"id": str(uuid.uuid4())}
    for name, field in node.model_fields.items():
        document[name] = samples(field)[0]
    for name, reference in node.references.items():
        document[name] = dict.fromkeys(reference.keys, "naloxone")
        if name == "taxonomy_term":
            document[name]["taxonomy"] = "category"
    for name, child in node.parts.items():
        document[name] = [values_of(child)]
    for name, child in node.links.items():
        document[name] = values_of(child)
    return document


# By type of field, or by name: a value, and another one that is as good.
SAMPLES = {
    "byday": ("MO", "TU"),
    "bymonthday": ("15", "16"),
    "freq": ("MONTHLY", "WEEKLY"),
    "holidays": ("as_usual", "closed"),
    "interval": (2, 3),
    "season_from": ("05-01", "06-01"),
    "season_to": ("09-01", "10-01"),
    "opens_at": ("09:00", "10:00"),
    "closes_at": ("17:00", "18:00"),
    "dtstart": ("2026-02-01", "2026-02-02"),
    "until": ("2026-11-01", "2026-11-02"),
    "valid_from": ("2026-01-01", "2026-01-02"),
    "valid_to": ("2026-12-01", "2026-12-02"),
    "ArrayField": (["in_person"], ["phone"]),
    "BooleanField": (False, True),
    "DateField": ("2026-05-01", "2026-05-02"),
    "DateTimeField": ("2026-05-01T10:00:00+00:00", "2026-05-02T10:00:00+00:00"),
    "FloatField": (48.5, 48.51),
    "DecimalField": (5.0, 6.0),
    "PositiveSmallIntegerField": (1, 2),
    "PositiveIntegerField": (1, 2),
}


def samples(field):
    if field.name in SAMPLES:
        return SAMPLES[field.name]
    if field.flatchoices:
        return tuple(value for value, _label in field.flatchoices[:2])
    return SAMPLES.get(field.get_internal_type(), ("words", "other words"))


def with_one_changed(node, document):
    """The document once for each of its values, with that value changed: path, document."""
    for name, field in node.model_fields.items():
        yield name, {**document, name: samples(field)[1]}
    for name in node.references:
        yield name, {**document, name: dict.fromkeys(document[name], "shelter")}
    for name, child in node.parts.items():
        for path, part in with_one_changed(child, document[name][0]):
            yield f"{name}.{path}", {**document, name: [part]}
    for name, child in node.links.items():
        for path, link in with_one_changed(child, document[name]):
            yield f"{name}.{path}", {**document, name: link}


@pytest.mark.parametrize("node", [SERVICE, ORGANIZATION], ids=["service", "organization"])
def test_no_value_changes_without_being_told(node):
    document = values_of(node)
    before = {**document, "description": "Before"}

    silent = []
    for path, after in with_one_changed(node, document):
        sections = difference(before, {**after, "description": "After"}, NAMES, node)
        if sum(len(section.rows) for section in sections) < 2:
            silent.append(path)

    assert silent == ["description"]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("name", "Name"),
        ("organization.name", "Organization · name"),
        ("phones[ab-1].number", "Phone · number"),
        (
            "service_at_locations[a].location.addresses[b].city",
            "Place · The building · Address · town",
        ),
        ("no_such_key", "no_such_key"),
    ],
)
def test_a_path_is_said_in_words(path, label):
    assert label_of(path) == label


@pytest.mark.django_db
def test_names_are_fetched_in_a_fixed_number_of_queries(django_assert_num_queries):
    services = published(listing(), listing(attributes=[term("category", "shelter")]))
    documents = [proposals.current(service.pk) for service in services]

    with django_assert_num_queries(1):
        words = vocabulary(documents)

    assert words.terms["category", "shelter"]
    with override("fr"):
        assert vocabulary(documents).taxonomies["category"] == "Catégorie"


@pytest.mark.django_db
def test_a_place_only_pointed_to_is_fetched_to_be_read():
    (service,) = published()
    document = proposals.current(service.pk)
    place = document["service_at_locations"][0]
    bare = {**document, "service_at_locations": [{"location": {"id": place["location"]["id"]}}]}

    rows = told(difference(None, bare, vocabulary([bare])))

    assert "14 Harbour Lane" in rows["Address"][1]
