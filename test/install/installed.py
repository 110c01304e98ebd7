"""What the tests of installations share: programs that must succeed, and a conversation through a
server that was put somewhere."""

import os
import subprocess


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.stdout.decode()}")
    return done.stdout.decode()


def converse(programs, config, home):
    """Two people talk; `programs` is the folder of chinwagd and chinwag."""
    data = os.path.join(home, "data")
    environment = dict(os.environ, HOME=home, CHINWAG_DATA=data, CHINWAG_LISTEN="127.0.0.1:0",
                       CHINWAG_PASSWORD_COST="minimum", CHINWAG_PASSWORD="correct horse")
    server = subprocess.Popen([os.path.join(programs, "chinwagd"), "--config", config],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    try:
        address = server.stdout.readline().decode().split()[1]
        command = [os.path.join(programs, "chinwag"), "--server", address]
        for name in ("alice", "bob"):
            run(*command, "register", name, env=environment)
        run(*command, "--as", "alice", "send", "@bob", "hello", env=environment)
        assert "hello" in run(*command, "--as", "bob", "history", "@alice", env=environment)
    finally:
        server.terminate()
        status = server.wait()
        server.stdout.close()
    assert status == 0, status
    assert "chinwag.db" in os.listdir(data)
