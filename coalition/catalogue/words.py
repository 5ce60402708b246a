"""The words the catalogue is sorted by, as coordinators keep them. Codes never change."""

import hashlib
import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from coalition.accounts.actions import record
from coalition.accounts.models import User
from directory.interchange.actions import hold, refresh_search
from directory.interchange.read import batches
from directory.models import Attribute, Service, Synonym, Taxonomy, TaxonomyTerm
from directory.places.folding import fold
from directory.search import wordlist

BATCH = 200
# What a page of results shows of a term: when one of these changes, its listings are made anew.
SHOWN = ("name", "name_fr", "sensitive")
LABELS = ("name", "name_fr", "description", "description_fr", "sensitive")


class ChangedSince(Exception):
    """Somebody has changed the term since the page was opened."""


def mark(term: TaxonomyTerm) -> str:
    """Tells a term, as it is worded, from what it becomes."""
    whole = "\0".join(str(getattr(term, name)) for name in LABELS)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


@transaction.atomic
def change_term(term: TaxonomyTerm, values: dict, *, by: User, seen: str) -> TaxonomyTerm:
    """Give a term other words. Its listings follow as a job of this transaction.

    `values` has the names, descriptions and `sensitive`, `seen` is the term's mark when its page
    was opened. Raises ChangedSince, ValidationError.
    """
    from .tasks import refresh_term

    term = TaxonomyTerm.objects.select_for_update().get(pk=term.pk)
    before = {name: getattr(term, name) for name in LABELS}
    changed = [name for name in LABELS if values[name] != before[name]]
    if not changed:
        return term
    if mark(term) != seen:
        raise ChangedSince
    for name in changed:
        setattr(term, name, values[name])
    refuse_namesakes(term)
    term.full_clean()
    term.save(update_fields=changed)
    record("words.change", by=by, about=path_of(term), note=told(before, values, changed))
    if set(changed) & set(SHOWN):
        wordlist.learn_terms()
        refresh_term.defer(term_id=str(term.pk))
    return term


def told(before: dict, after: dict, changed: list[str]) -> str:
    lines = []
    for name in changed:
        label = TaxonomyTerm._meta.get_field(name).verbose_name
        lines.append(f"{label}: {before[name]!s} → {after[name]!s}")
    return "\n".join(lines)


@transaction.atomic
def add_term(
    taxonomy: Taxonomy, parent: TaxonomyTerm | None, code: str, values: dict, *, by: User
) -> TaxonomyTerm:
    """A new term, the last below its parent. Raises ValidationError."""
    taxonomy = Taxonomy.objects.select_for_update().get(pk=taxonomy.pk)
    if parent is not None and (parent.parent_id or parent.taxonomy_id != taxonomy.pk):
        raise ValidationError({"parent": _("A new term stands below one of the first level.")})
    last = taxonomy.terms.aggregate(last=Max("position"))["last"] or 0
    term = TaxonomyTerm(taxonomy=taxonomy, parent=parent, code=code, position=last + 1, **values)
    refuse_namesakes(term)
    term.full_clean()
    term.save()
    wordlist.learn_terms()
    record("words.add", by=by, about=path_of(term), note=code)
    return term


def refuse_namesakes(term: TaxonomyTerm) -> None:
    """Two terms of one taxonomy may not be called the same."""
    others = TaxonomyTerm.objects.filter(taxonomy_id=term.taxonomy_id).exclude(pk=term.pk)
    for name in ("name", "name_fr"):
        wanted = fold(getattr(term, name))
        if wanted and wanted in {fold(other) for other in others.values_list(name, flat=True)}:
            raise ValidationError({name: _("Another term is called this.")})


@transaction.atomic
def add_synonym(term: TaxonomyTerm, language: str, text: str, *, by: User) -> Synonym:
    """Another word people type for a term. Accents and capitals make no other word of it.

    Raises ValidationError.
    """
    term = TaxonomyTerm.objects.select_for_update().get(pk=term.pk)
    text = " ".join(text.replace("’", "'").split())
    folded = fold(text)
    if not folded:
        raise ValidationError({"text": _("Write a word.")})
    known = {
        fold(known)
        for known in term.synonyms.filter(language=language).values_list("text", flat=True)
    }
    known.add(fold(term.name if language == "en" else term.name_fr))
    if folded in known:
        raise ValidationError({"text": _("This word is already there.")})
    synonym = Synonym(term=term, language=language, text=text)
    synonym.full_clean()
    synonym.save()
    wordlist.learn_terms()
    record("words.synonym-add", by=by, about=path_of(term), note=f"{language}: {text}")
    return synonym


@transaction.atomic
def remove_synonym(term: TaxonomyTerm, synonym_id: int, *, by: User) -> None:
    """Take a word away; nothing happens where it is gone already."""
    synonym = Synonym.objects.select_for_update().filter(pk=synonym_id, term=term).first()
    if synonym is None:
        return
    synonym.delete()
    record(
        "words.synonym-remove",
        by=by,
        about=path_of(term),
        note=f"{synonym.language}: {synonym.text}",
    )


def path_of(term: TaxonomyTerm) -> str:
    return f"{term} ({term.taxonomy.code}:{term.code})"


def refresh_listings(term_id: uuid.UUID | str) -> int:
    """Make the search rows anew of every listing that has this term, or one below it.

    Some at a time, so that nobody waits for long. Returns how many listings there were.
    """
    below = TaxonomyTerm.objects.filter(parent=term_id).values_list("pk", flat=True)
    terms = [term_id, *below]
    found = Service.objects.published().filter(
        pk__in=Attribute.objects.filter(taxonomy_term__in=terms).values("service")
    )
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    for chunk in batches(ids, BATCH):
        with transaction.atomic():
            hold(alone=False)
            rows = Service.objects.select_for_update().filter(pk__in=chunk).order_by("pk")
            list(rows.values_list("pk"))
            refresh_search(chunk)
    return len(ids)
