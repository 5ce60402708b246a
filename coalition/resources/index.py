"""What a resource is found by: words and terms, spelled as those of listings are."""

from collections.abc import Iterable

from coalition.files.models import StoredFile
from directory.models import Organization
from directory.search import wordlist
from directory.search.index import write_words
from directory.search.queries import plain
from directory.search.rows import Term, Terms, text

from .enums import SeenBy
from .models import Resource

TABLE = Resource._meta.db_table
NAMES = ("name", "alternate_name")
SAID = ("description", "audience", "who_may_apply", "how_to_get", "amount_description")
# Of those alone that everyone may see: a word that is put right tells that it is somewhere.
PUBLIC_WORDS = f"""
SELECT words FROM {TABLE}
WHERE published_at IS NOT NULL AND (publish_from IS NULL OR publish_from <= now())
    AND seen_by = 'everyone'
"""  # noqa: S608 (the name of a table)


def refresh(documents: Iterable[dict]) -> None:
    """Make what these are found by anew; and know their words, where everyone may."""
    rows = rows_of(list(documents))
    write_words(TABLE, rows)
    public = for_everyone().filter(pk__in=[row["id"] for row in rows])
    known = {str(pk) for pk in public.values_list("pk", flat=True)}
    if said := [row for row in rows if row["id"] in known]:
        wordlist.learn(wordlist.used(said))


def used(documents: Iterable[dict]) -> wordlist.Ways:
    """In how many of these each word is used."""
    return wordlist.used(rows_of(list(documents)))


def for_everyone():
    return Resource.objects.published().filter(seen_by=SeenBy.EVERYONE)


def rows_of(documents: list[dict]) -> list[dict]:
    terms = Terms()
    owners = {document["organization"]["id"] for document in documents}
    whose = {
        str(row.pop("id")): row
        for row in Organization.objects.filter(pk__in=owners).values(
            "id", *(f"{name}{suffix}" for name in NAMES for suffix in ("", "_fr"))
        )
    }
    files = dict(
        StoredFile.objects.filter(pk__in=[pk for one in documents for pk in files_of(one)])
        .values_list("pk", "name")
        .iterator()
    )
    names = {str(pk): name for pk, name in files.items()}
    return [
        {
            "id": document["id"],
            "facets": facets(document, all_terms),
            "term_stems": [stem for term in all_terms for stem in term.stems],
            **words(document, whose[document["organization"]["id"]], names),
        }
        for document in documents
        for all_terms in [terms.with_ancestors(terms.of(document))]
    ]


def files_of(document: dict) -> list[str]:
    """Identifiers of its files, the newest first."""
    return [one["file"]["id"] for one in document.get("versions", [])]


def facets(document: dict, terms: list[Term]) -> list[str]:
    found = {f"{term.taxonomy}:{term.code}" for term in terms}
    found |= {f"kind:{document['kind']}"}
    found |= {f"language:{code}" for code in document.get("languages", [])}
    return sorted(found)


def words(document: dict, organization: dict, files: dict[str, str]) -> dict:
    """Text to be found by, by language: its title; who shares it; all the rest."""
    columns = {}
    for language, suffix in (("en", ""), ("fr", "_fr")):
        said = text(document, SAID, suffix)
        for one in document.get("versions", []):
            said += text(one, ("note",), suffix)
        if language == "en":  # what has one text for both
            said += [document.get("version", ""), *(files.get(pk, "") for pk in files_of(document))]
            said += [one.get("label", "") for one in document.get("versions", [])]
        columns[f"{language}_named"] = plain(" ".join(text(document, ("name",), suffix)))
        columns[f"{language}_known"] = plain(" ".join(text(organization, NAMES, suffix)))
        columns[f"{language}_said"] = plain(" ".join(said))
    return columns
