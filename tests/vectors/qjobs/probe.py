"""Runs inside the sandbox and tries to leave it; prints what each attempt met as one JSON line.

Loaded by the sandbox test from a folder that the child may read.
"""

import ctypes
import json
import os
import socket
import subprocess
import sys
from pathlib import Path


def attempt(action) -> str:
    try:
        return f"done: {action()}"
    except OSError as error:
        return type(error).__name__


def fork() -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def connect(address: str, port: int) -> str:
    with socket.create_connection((address, port), timeout=2):
        return "connected"


def namespace() -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x10000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return 0


def main() -> None:
    secret, readable, output, port, parent = sys.argv[1:6]
    attempts = {
        "connect to this machine": lambda: connect("127.0.0.1", int(port)),
        "connect outside": lambda: connect("192.0.2.1", 80),
        "make a socket": lambda: socket.socket().fileno(),
        "read a secret file": lambda: len(Path(secret).read_bytes()),
        "read passwords": lambda: len(Path("/etc/passwd").read_bytes()),
        "list the root": lambda: os.listdir("/"),
        "read the parent's environment": lambda: len(Path(f"/proc/{parent}/environ").read_bytes()),
        "write its input": lambda: Path(readable).write_bytes(b"x"),
        "write beside its input": lambda: Path(readable).with_name("new").write_bytes(b"x"),
        "fork": fork,
        "start a program": lambda: subprocess.run(["/bin/true"], check=True).returncode,
        "kill its parent": lambda: os.kill(int(parent), 0),
        "make a namespace": namespace,
        "write too much": lambda: write_too_much(Path(output) / "big"),
        "open many files": lambda: len([open("/dev/urandom", "rb") for _ in range(200)]),  # noqa: SIM115
        "read its input": lambda: len(Path(readable).read_bytes()),
        "write its output": lambda: Path(output, "probe.json").write_bytes(b"{}"),
    }
    report = {name: attempt(action) for name, action in attempts.items()}
    report["environment"] = sorted(os.environ)
    report["user"] = os.getuid()
    report["threads"] = os.environ["OPENBLAS_NUM_THREADS"]
    sys.stdout.write(json.dumps({"event": "report", "report": report}) + "\n")


def write_too_much(path: Path) -> int:
    with path.open("wb") as file:
        for _ in range(3):
            file.write(bytes(2**20))
            file.flush()
    return path.stat().st_size


if __name__ == "__main__":
    main()
