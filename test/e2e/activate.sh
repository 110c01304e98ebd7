#!/bin/sh
# activate.sh FD COMMAND... - runs the command as a manager of services does that hands it a socket:
# as descriptor 3, with its number and the process id in the environment.
fd=$1
shift
exec 3<&"$fd"
LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"
