"""Runs seed_client (C, libzmq) against a server: PATH OF CHINWAGD, PATH OF SEED_CLIENT."""

import os
import subprocess
import sys

from harness import PATIENCE, Server

os.environ["CHINWAGD"] = sys.argv[1]
with Server() as server:
    subprocess.run([sys.argv[2], server.endpoint], check=True, timeout=PATIENCE)
