"""A search table made beside the one that answers, which takes its place once it is whole.

It is like the other in all that the database knows of it (columns, storage, indexes, keys, rights),
so what migrations did to that one needs no second description here. Its name is its own: what a
run that was killed still writes goes to that run's table, which the next run removes.
"""

import time
import uuid

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from .index import TABLE

PREFIX = f"{TABLE}_next_"
# Readers wait behind one that waits to take the table's place, so it waits briefly, and often.
PATIENCE = "200ms"
PAUSE = 1.0  # seconds
ATTEMPTS = 300

LEFTOVERS = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND starts_with(relname, %s) AND pg_table_is_visible(oid)
"""
OPTIONS = """
SELECT string_agg(format('%%I = %%L', option_name, option_value), ', ')
FROM pg_class, pg_options_to_table(reloptions) WHERE pg_class.oid = %s::regclass
"""
SEQUENCES = """
SELECT sequence.relname, attname, deptype = 'i'
FROM pg_depend
JOIN pg_class AS sequence ON sequence.oid = objid AND sequence.relkind = 'S'
JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
WHERE classid = 'pg_class'::regclass AND refobjid = %s::regclass
"""
GO_ON = """
SELECT setval(pg_get_serial_sequence(%s, %s), coalesce(pg_sequence_last_value(%s::regclass), 1))
"""
INDEXES = """
SELECT index.oid, index.relname, am.amname = 'gin', indisprimary,
    (CASE WHEN indisunique THEN 'UNIQUE ' ELSE '' END),
    substring(pg_get_indexdef(index.oid) FROM ' (USING .*)$')
FROM pg_index
JOIN pg_class AS index ON index.oid = indexrelid
JOIN pg_am AS am ON am.oid = index.relam
WHERE indrelid = %s::regclass
ORDER BY index.relname
"""
FOREIGN_KEYS = """
SELECT conname, pg_get_constraintdef(oid), confrelid::regclass::text
FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'
"""
RIGHTS = """
SELECT format(
    'GRANT %%s ON %%%%s TO %%s', privilege_type,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = %s::regclass
"""


def new_name() -> str:
    return f"{PREFIX}{uuid.uuid4().hex[:8]}"


def make(name: str) -> None:
    """Make it, empty and without indexes, and remove what earlier runs have left."""
    for (leftover,) in rows(LEFTOVERS, PREFIX):
        remove(leftover)
    ((options,),) = rows(OPTIONS, TABLE)
    with transaction.atomic():
        run(
            f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL EXCLUDING INDEXES)"
            + (f" WITH ({options})" if options else "")
        )
        # A page that is being made asks twice: it must not meet another row under a number it has.
        for sequence, column, identity in rows(SEQUENCES, TABLE):
            if identity:
                rows(GO_ON, name, column, sequence)


def wait_without_limit() -> None:
    """Let the transaction that is running be idle while others fill the table."""
    run("SET LOCAL idle_in_transaction_session_timeout = 0")


def remove(name: str) -> None:
    run(f"DROP TABLE IF EXISTS {name}")


def vacuum(name: str) -> None:
    """Have the planner know what is in it, and its pages known to be visible to all."""
    run(f"VACUUM (ANALYZE) {name}")


def add_indexes(name: str, *, gin: bool) -> None:
    """The indexes of the other: those of words, or all others."""
    for oid, _name, is_gin, _primary, unique, definition in rows(INDEXES, TABLE):
        if is_gin == gin:
            run(f"CREATE {unique}INDEX {index_name(name, oid)} ON {name} {definition}")


def index_name(table: str, oid: int) -> str:
    return f"{table}_{oid}"


def take_over(name: str) -> None:
    """Put it in the place of the other, in the transaction that is running.

    Raises OperationalError where others keep reading without a pause for minutes.
    """
    keys = rows(FOREIGN_KEYS, TABLE)
    for key, definition, _table in keys:
        run(f'ALTER TABLE {name} ADD CONSTRAINT "{key}" {definition}')
    for (right,) in rows(RIGHTS, TABLE):
        run(right % name)
    lock([TABLE, *(table for _key, _definition, table in keys)])
    indexes, sequences = rows(INDEXES, TABLE), rows(SEQUENCES, TABLE)
    for sequence, column, identity in sequences:
        if not identity:
            run(f"ALTER SEQUENCE {sequence} OWNED BY {name}.{column}")
    run(f"DROP TABLE {TABLE}")
    run(f"ALTER TABLE {name} RENAME TO {TABLE}")
    for oid, old_name, _gin, primary, _unique, _definition in indexes:
        made = index_name(name, oid)
        if primary:
            run(f"ALTER TABLE {TABLE} ADD CONSTRAINT {old_name} PRIMARY KEY USING INDEX {made}")
        else:
            run(f"ALTER INDEX {made} RENAME TO {old_name}")
    for sequence, column, identity in sequences:
        if identity:
            ((made,),) = rows("SELECT pg_get_serial_sequence(%s, %s)", TABLE, column)
            run(f"ALTER SEQUENCE {made} RENAME TO {sequence}")


def lock(tables: list[str]) -> None:
    """Keep everyone from these tables until the transaction ends, once nobody reads them."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                run(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                run(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
                run("SET LOCAL lock_timeout TO DEFAULT")
                return
        except OperationalError as error:
            if attempt == ATTEMPTS or not isinstance(error.__cause__, LockNotAvailable):
                raise
        time.sleep(PAUSE)


def rows(sql: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
