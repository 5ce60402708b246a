"""What a person has set stays, whatever a source says afterwards."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.interchange.merging import ABSENT, Difference, differences, merge, normalized


def merged(base, current, incoming):
    return merge(base, current, incoming).document


def test_what_nobody_touched_follows_the_source():
    assert merged({"name": "Kits"}, {"name": "Kits"}, {"name": "Naloxone"}) == {"name": "Naloxone"}


def test_what_a_person_set_is_kept():
    result = merge({"name": "Kits"}, {"name": "Naloxone kits"}, {"name": "Kits, new"})
    assert result.document == {"name": "Naloxone kits"}
    assert result.kept == [Difference("name", "Naloxone kits", "Kits, new")]


def test_each_value_is_judged_on_its_own():
    base = {"name": "Kits", "email": "a@example.org"}
    current = {"name": "Naloxone kits", "email": "a@example.org"}
    incoming = {"name": "Kits", "email": "b@example.org"}
    assert merged(base, current, incoming) == {"name": "Naloxone kits", "email": "b@example.org"}


def test_what_a_person_added_is_kept():
    assert merged({}, {"url": "https://example.org"}, {"name": "Kits"}) == {
        "url": "https://example.org",
        "name": "Kits",
    }


def test_what_a_person_emptied_stays_empty():
    result = merge({"email": "a@example.org"}, {}, {"email": "b@example.org"})
    assert result.document == {}
    assert result.kept == [Difference("email", ABSENT, "b@example.org")]


def test_what_the_source_no_longer_says_goes():
    base = {"name": "Kits", "email": "a@example.org"}
    assert merged(base, base, {"name": "Kits"}) == {"name": "Kits"}


def test_what_the_source_no_longer_says_stays_if_a_person_changed_it():
    result = merge({"email": "a@example.org"}, {"email": "mine@example.org"}, {})
    assert result.document == {"email": "mine@example.org"}
    assert result.kept == [Difference("email", "mine@example.org", ABSENT)]


def test_a_person_and_the_source_agreeing_is_no_conflict():
    result = merge({"name": "Kits"}, {"name": "Naloxone"}, {"name": "Naloxone"})
    assert result.document == {"name": "Naloxone"}
    assert result.kept == []


def test_objects_are_merged_value_by_value():
    base = {"organization": {"id": "1", "name": "AIDS Committee", "email": "a@example.org"}}
    current = {"organization": {"id": "1", "name": "Elevate", "email": "a@example.org"}}
    incoming = {"organization": {"id": "1", "name": "AIDS Committee", "email": "b@example.org"}}
    assert merged(base, current, incoming) == {
        "organization": {"id": "1", "name": "Elevate", "email": "b@example.org"}
    }


def test_two_different_objects_are_never_mixed():
    base = {"organization": {"id": "1", "name": "One"}}
    moved = {"organization": {"id": "2", "name": "Two", "email": "two@example.org"}}
    incoming = {"organization": {"id": "1", "name": "One, renamed"}}
    result = merge(base, moved, incoming)
    assert result.document == moved
    assert [kept.path for kept in result.kept] == ["organization"]


def test_a_reference_alone_changes_nothing():
    base = {"organization": {"id": "1", "name": "One"}}
    current = {"organization": {"id": "1", "name": "One and only"}}
    assert merged(base, current, {"organization": {"id": "1"}}) == current


def test_items_are_matched_by_identifier_not_by_place():
    base = {"phones": [{"id": "a", "number": "1"}, {"id": "b", "number": "2"}]}
    current = {"phones": [{"id": "b", "number": "2"}, {"id": "a", "number": "1"}]}
    incoming = {"phones": [{"id": "a", "number": "10"}, {"id": "b", "number": "2"}]}
    assert merged(base, current, incoming) == {
        "phones": [{"id": "b", "number": "2"}, {"id": "a", "number": "10"}]
    }


def test_items_a_person_added_stay_beside_new_ones_from_the_source():
    base = {"phones": [{"id": "a", "number": "1"}]}
    current = {"phones": [{"id": "a", "number": "1"}, {"id": "mine", "number": "3"}]}
    incoming = {"phones": [{"id": "a", "number": "1"}, {"id": "new", "number": "4"}]}
    assert [item["id"] for item in merged(base, current, incoming)["phones"]] == [
        "a",
        "mine",
        "new",
    ]


def test_an_item_a_person_removed_does_not_come_back():
    base = {"phones": [{"id": "a", "number": "1"}, {"id": "b", "number": "2"}]}
    current = {"phones": [{"id": "b", "number": "2"}]}
    incoming = {"phones": [{"id": "a", "number": "10"}, {"id": "b", "number": "2"}]}
    assert merged(base, current, incoming) == current
    assert merged(base, {}, incoming) == {}


def test_an_item_the_source_removed_goes_unless_a_person_changed_it():
    base = {"phones": [{"id": "a", "number": "1"}, {"id": "b", "number": "2"}]}
    current = {"phones": [{"id": "a", "number": "mine"}, {"id": "b", "number": "2"}]}
    assert merged(base, current, {}) == {"phones": [{"id": "a", "number": "mine"}]}


def test_lists_of_plain_values_are_one_value():
    base = {"delivery": ["in_person"]}
    current = {"delivery": ["in_person", "phone"]}
    incoming = {"delivery": ["in_person", "mobile"]}
    assert merged(base, current, incoming) == current


def test_merging_changes_nothing_that_it_was_given():
    versions = [
        {"organization": {"id": "1", "name": name}, "phones": [{"id": "a", "number": name}]}
        for name in ("base", "current", "incoming")
    ]
    before = copy.deepcopy(versions)
    merge(*versions)
    assert versions == before


def test_differences_name_each_value_by_its_path():
    before = {"name": "Kits", "phones": [{"id": "a", "number": "1"}], "delivery": ["phone"]}
    after = {"name": "Kits", "phones": [{"id": "a", "number": "2"}], "url": "https://example.org"}
    assert differences(before, after) == [
        Difference("phones[a].number", "1", "2"),
        Difference("delivery", ["phone"], ABSENT),
        Difference("url", ABSENT, "https://example.org"),
    ]


def test_a_new_order_is_a_difference():
    before = {"phones": [{"id": "a"}, {"id": "b"}]}
    after = {"phones": [{"id": "b"}, {"id": "a"}]}
    assert [found.path for found in differences(before, after)] == ["phones"]


def test_defaults_and_what_readers_add_are_no_difference():
    written = {
        "id": "1",
        "name": "Kits",
        "attributes": [{"id": "2", "taxonomy_term": {"taxonomy": "category", "code": "naloxone"}}],
    }
    read = {
        "id": "1",
        "name": "Kits",
        "status": "active",
        "timezone": "America/Toronto",
        "peer_led": False,
        "indigenous_led": False,
        "last_modified": "2025-04-09T12:00:00+00:00",
        "attributes": [
            {
                "id": "2",
                "taxonomy_term": {
                    "taxonomy": "category",
                    "code": "naloxone",
                    "name": "Naloxone kits",
                    "name_fr": "Trousses de naloxone",
                },
            }
        ],
    }
    assert normalized(written) == normalized(read)


def test_normal_form_drops_what_is_empty_and_keeps_bare_references():
    document = {"id": "1", "name": "Kits", "email": "", "phones": [], "organization": {"id": "2"}}
    normal = normalized(document)
    assert "email" not in normal
    assert "phones" not in normal
    assert normal["organization"] == {"id": "2"}
    assert normalized(normal) == normal


values = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.text("ab", max_size=2))
items = st.dictionaries(st.sampled_from(["number", "type"]), values, max_size=2)
item_lists = st.dictionaries(st.sampled_from("pqr"), items, max_size=3).map(
    lambda found: [{"id": pk, **item} for pk, item in found.items()]
)
documents = st.dictionaries(
    st.sampled_from(["name", "email", "phones", "organization", "delivery"]),
    st.one_of(
        values,
        item_lists.filter(bool),
        st.lists(st.text("ab", max_size=1), min_size=1, max_size=2),
        items.map(lambda item: {"id": "o", **item}),
    ),
    max_size=4,
)


@given(base=documents, current=documents)
def test_a_source_that_says_nothing_new_changes_nothing(base, current):
    result = merge(base, current, base)
    assert result.document == current
    assert result.kept == []


@given(base=documents, incoming=documents)
def test_without_a_person_the_source_is_followed(base, incoming):
    assert merged(base, base, incoming) == incoming


@given(base=documents, current=documents, incoming=documents)
def test_merging_again_changes_nothing_more(base, current, incoming):
    once = merged(base, current, incoming)
    assert merged(incoming, once, incoming) == once


@given(before=documents, after=documents)
def test_equal_documents_and_only_they_have_no_differences(before, after):
    assert (differences(before, after) == []) == (before == after)


@pytest.mark.parametrize("version", [{}, {"id": "1"}, {"name": "x", "phones": [{"id": "a"}]}])
def test_a_document_merged_with_itself_is_itself(version):
    assert merged(version, version, version) == version
