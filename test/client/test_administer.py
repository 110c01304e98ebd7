"""libchinwag's functions about the server, each once, against a real one: what each is answered."""

import os
import subprocess
import sys

from command import PASSWORD, PATIENCE, Commands, main

EXPECTED = """\
login 0 0
users 0 1 bob
end_sessions 0 0
ban_from_server 0 0
server_bans 0 1 bob
take_group 0 0
unban_from_server 0 0
report 0 0
reports 0 1
resolve_report 0 0
reset_password 0 0
set_password 0 0 bob
rename_user 0 0
remove_user 0 0
server_groups 0 1 cooks
close_group 0 0
invite_user 0 0
server_invitations 0 1
end_invitation 0 0
announce 0 0
announcements 0 1
end_announcement 0 0
server_status 0 10 version
server_settings 0 1 texts_per_s
set_setting 0 0
set_setting 1023 0
audit 0 1 deleted/2
verify_audit 0 0
verify_audit 0 0
"""


class AdministerTest(Commands):
    def test_each_request(self):
        self.register("alice", "bob")  # the first one administers this server
        self.done("--as", "bob", "group", "create", "cooks")
        self.done("--as", "bob", "send", "#cooks", "soup")
        server = f"{self.server.address}:{self.server.port}"
        done = subprocess.run([ADMINISTER, server, "alice", PASSWORD], timeout=PATIENCE * 3,
                              stdout=subprocess.PIPE, check=False)
        self.assertEqual((done.returncode, done.stdout.decode()), (0, EXPECTED))


if __name__ == "__main__":
    ADMINISTER = os.path.abspath(sys.argv.pop(3))
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
