"""Bring a source's rows into the catalogue: all of them or, if anything breaks, none."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from directory.interchange import proposals
from directory.interchange.actions import publish
from directory.interchange.merging import Difference
from directory.interchange.write import InvalidListing
from directory.models import ImportRun, Origin, SourceRecord, Subject, TaxonomyTerm

from .drafts import Draft
from .plan import Decision, Outcome, Planner, Result
from .profiles import Profile, Publish
from .report import Gone, Sink, Summary
from .rows import Table, open_table
from .survey import Survey, digest, survey

# Rows are decided together: as many as give a good batch for the database, or a pause.
DRAFTS = 500
ROWS = 5000

# What a source wants that gave way to what a person set, by kind of record and identifier.
Held = dict[tuple[str, str], list[Difference]]


class ImportFailed(Exception):
    """The import stopped and nothing was written; the message says why."""


def import_services(
    path: Path,
    profile: Profile,
    *,
    apply: bool = False,
    turn_on: Iterable[str] = (),
    accept: Iterable[str] = (),
    sinks: Iterable[Sink] = (),
    progress: Callable[[int, int], None] = lambda done, rows: None,
) -> Summary:
    """Read a CSV file into listings; without `apply`, only say what would become of each row.

    New listings are published, known ones changed where the source changed and no person did,
    and none is ever deleted; each change has its place in the history, under one `ImportRun`
    (`Summary.run`, none where nothing changed). Where a person's value stands in the way of a new
    one of the source's, it stays, and the source's waits as a proposal.

    `turn_on` are codes of kinds that the profile leaves to a coordinator; `accept` the
    `source_id`s that may now stand for another place. Every result goes to each of the `sinks` in
    the order of the rows. `progress(done, rows)` is called now and then. Memory does not grow with
    the file, but for about a kilobyte a published row.

    Raises rows.UnreadableFile and ImportFailed, having written nothing.
    """
    turned_on = check_kinds(profile, turn_on)
    check_terms(profile)
    table = open_table(Path(path), profile.columns.values())
    with transaction.atomic() if apply else nullcontext():
        if apply:
            wait_for_others(profile)
        known = {digest(source_id) for source_id in known_source_ids(profile)}
        found = survey(table, profile, turned_on, known)
        summary = Summary(profile, table, applied=apply)
        planner = Planner(profile, found, turned_on, frozenset(accept))
        held: Held = {}
        if apply:
            summary.run = ImportRun.objects.create(
                source=profile.source, file_name=Path(path).name[:200]
            )
        for batch, done in read_batches(planner, table):
            decisions = planner.decide([d for d in batch if isinstance(d, Draft)], lock=apply)
            if apply:
                write(profile, decisions, summary.run)
                held |= {
                    (Subject.SERVICE, str(decision.service_id)): decision.kept
                    for decision in decisions
                    if decision.kept
                }
            results = {decision.draft.row: decision.result for decision in decisions}
            for item in batch:
                result = item if isinstance(item, Result) else results[item.row]
                for sink in (summary, *sinks):
                    sink.add(result)
            progress(done, found.rows)
        for gone in gone_from_source(profile, found):
            for sink in (summary, *sinks):
                sink.add_gone(gone)
        if apply:
            held |= {
                (Subject.ORGANIZATION, pk): operator.kept
                for pk, operator in planner.operators.items()
                if operator.kept
            }
            close(summary, ask(profile, held, summary.run))
    return summary


def check_kinds(profile: Profile, codes: Iterable[str]) -> frozenset[str]:
    possible = {k.code for k in profile.kinds.values() if k.publish == Publish.IF_TURNED_ON}
    for code in codes:
        if code not in possible:
            raise ImportFailed(
                _("“%(code)s” cannot be turned on. These can: %(possible)s.")
                % {"code": code, "possible": ", ".join(sorted(possible)) or "—"}
            )
    return frozenset(codes)


def check_terms(profile: Profile) -> None:
    known = {
        f"{taxonomy}:{code}"
        for taxonomy, code in TaxonomyTerm.objects.values_list("taxonomy__code", "code")
    }
    if missing := sorted(profile.terms - known):
        raise ImportFailed(
            _("The catalogue has no such terms: %s. Load the taxonomy, or mend the profile.")
            % ", ".join(missing)
        )


def wait_for_others(profile: Profile) -> None:
    """Two imports of one source at once would each add what the other adds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {profile.source}"])


def known_source_ids(profile: Profile) -> Iterable[str]:
    records = SourceRecord.objects.filter(source=profile.source)
    return records.values_list("source_id", flat=True).iterator()


def read_batches(planner: Planner, table: Table) -> Iterable[tuple[list[Draft | Result], int]]:
    """Rows in order, as drafts or as results that are settled, and how many are read so far."""
    batch: list[Draft | Result] = []
    drafts = done = 0
    for row in table.rows():
        item = planner.read(row)
        batch.append(item)
        done += 1
        drafts += isinstance(item, Draft)
        if drafts >= DRAFTS or len(batch) >= ROWS:
            yield batch, done
            batch, drafts = [], 0
    yield batch, done


def write(profile: Profile, decisions: list[Decision], run: ImportRun) -> None:
    """Listings, then what the source said of them; new ones are published unless held."""
    listings = [decision for decision in decisions if decision.listing is not None]
    try:
        proposals.change_many(
            (decision.listing for decision in listings),
            origin=Origin.IMPORT,
            by=profile.published_by,
            run=run,
            fresh={d.listing["id"] for d in listings if d.result.outcome == Outcome.ADDED},
        )
    except InvalidListing as error:
        row = listings[error.index].draft.row
        raise ImportFailed(
            _("Row %(row)d: %(error)s Nothing was written.") % {"row": row, "error": error}
        ) from error
    SourceRecord.objects.bulk_create(
        [
            SourceRecord(
                source=profile.source,
                source_id=decision.draft.source_id,
                service_id=decision.service_id,
                document=decision.incoming,
            )
            for decision in decisions
            if decision.incoming is not None
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["source", "source_id"],
        update_fields=["document", "imported_at"],
    )
    new = [d for d in listings if d.result.outcome == Outcome.ADDED]
    added = [d.service_id for d in new if not d.result.held]
    publish(added, by=profile.published_by)


def ask(profile: Profile, held: Held, run: ImportRun) -> int:
    """Put what gave way before a person: as proposals that wait. Returns how many are new."""
    count = 0
    for subject in Subject:
        wanted = {pk: kept for (kind, pk), kept in held.items() if kind == subject}
        count += proposals.propose_values(
            wanted, subject=subject, origin=Origin.IMPORT, by=profile.published_by, run=run
        )
    return count


def close(summary: Summary, held: int) -> None:
    """Count what the run did; a run that did nothing leaves no trace."""
    run = summary.run
    run.added = summary.outcomes[Outcome.ADDED]
    run.changed = summary.outcomes[Outcome.CHANGED]
    run.held = held
    if run.added or run.changed or run.held:
        run.save()
    else:
        run.delete()
        summary.run = None


def gone_from_source(profile: Profile, found: Survey) -> Iterable[Gone]:
    records = SourceRecord.objects.filter(source=profile.source).order_by("source_id")
    names = records.values_list("source_id", "service__name", "service__name_fr")
    for source_id, name, name_fr in names.iterator():
        if digest(source_id) not in found.seen:
            yield Gone(source_id, name or name_fr)
