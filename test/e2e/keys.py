"""The CURVE key of a running server, as its operator changes and revokes it."""

import os
import signal
import subprocess


def key_file(server):
    return os.path.join(server.data, "curve.key")


def key_lines(server):
    """The lines of the file, as a dictionary."""
    with open(key_file(server), encoding="ascii") as file:
        return dict(line.split() for line in file if not line.startswith("#"))


def key_text(server):
    """The public key in use, as links have it."""
    return key_lines(server)["public"]


def hang_up(server, words):
    """SIGHUP, until the log says so."""
    server.process.send_signal(signal.SIGHUP)
    server.wait_log(words)


def replace_key(server, option, advice):
    said = subprocess.run(
        [server.binary, option, "--data", server.data, "--config",
         os.path.join(server.home, "config")], check=True, capture_output=True)
    key = key_text(server)
    assert said.stdout.decode() == f"public key {key}\n", said
    assert advice in said.stderr.decode(), said
    return key


def change_key(server):
    """A new key; the old one still opens handshakes. Returns the new one."""
    key = replace_key(server, "--new-key", "now send SIGHUP to the server")
    hang_up(server, f"the public key is now {key}; clients that know the one before it still "
                    "connect, and learn it")
    return key


def revoke_key(server):
    key = replace_key(server, "--revoke-key", "now restart the server")
    hang_up(server, f"the public key is now {key}; clients that know the one before it are shut "
                    "out")
    return key


def end_overlap(server):
    """Lets the days of a change be over."""
    lines = key_lines(server)
    lines["old-until"] = "1"
    with open(key_file(server), "w", encoding="ascii") as file:
        file.writelines(f"{word} {value}\n" for word, value in lines.items())
    hang_up(server, "the change of the key is over: clients that do not know "
                    f"{lines['public']} are shut out")
