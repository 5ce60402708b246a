"""Start a program that dies with its parent, as an ordinary user where the parent is root.

The parent runs this file as a script, never as an import (`command()` spells the line). It costs
some 20 ms and, unlike `preexec_fn`, runs no Python between fork and exec of a process that may
have threads. PostgreSQL refuses to run as root, hence the two ways of becoming someone else.
"""

import ctypes
import json
import os
import signal
import sys

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
FAILED = 126


def command(program: list[str], *, on_parent_death: int, become: dict | None = None) -> list[str]:
    """The command line that runs `program` as a child of this process.

    `on_parent_death` is the signal it gets when the thread that starts it ends, however it ends:
    start it from the main thread. `become` is one of `{}` (the same user), `{"namespace": [uid,
    gid]}` (root seen as that user, in a user namespace: files stay root's and no permission
    changes) and `{"user": [uid, gid]}` (really that user); `{"folder": path}` beside it names
    the folder to run in. Where any of it fails the child says why and exits with 126.
    """
    plan = {"parent": os.getpid(), "signal": int(on_parent_death), **(become or {})}
    return [sys.executable, "-I", "-S", __file__, json.dumps(plan), *program]


def die_with_parent(parent: int, signal_number: int) -> None:
    """Ask the kernel for a signal when the parent dies; exit at once if it died already.

    Linux only: elsewhere a killed parent leaves its children to be joined by the next command.
    """
    if sys.platform != "linux":
        return
    _libc("prctl", PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _libc(function: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*map(ctypes.c_ulong, arguments)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def _enter_namespace(uid: int, gid: int) -> None:
    """Be root outside and `uid` inside: one line of map, the only one that needs no helper."""
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    _libc("unshare", CLONE_NEWUSER)
    for name, line in [
        ("setgroups", "deny"),
        ("gid_map", f"{gid} {outside_gid} 1"),
        ("uid_map", f"{uid} {outside_uid} 1"),
    ]:
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def _become_user(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(plan: dict, program: list[str]) -> None:
    if "namespace" in plan:
        _enter_namespace(*plan["namespace"])
    elif "user" in plan:
        _become_user(*plan["user"])
    if "folder" in plan:
        os.chdir(plan["folder"])
    # Last, because a change of user clears it.
    die_with_parent(plan["parent"], plan["signal"])
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]), sys.argv[2:])
    except OSError as error:
        print(f"{sys.argv[2]} could not be started: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(FAILED)
