/* test_cli_state.c - accounts, positions and locks in the folder of the command. Damaged files:
 * test_state.c. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "cli/state_file.h"
#include "cli_folder.h"

/* --- state --------------------------------------------------------------------------- */

static const struct state_account alice = {.name = "alice", .token = "t-2"};

static void assert_account(const char *server, const char *as, const char *name, const char *token)
{
    struct state_account account;
    assert_int_equal(state_load_account(server, as, &account), STATE_GOOD);
    assert_string_equal(account.name, name);
    assert_string_equal(account.token, token);
}

static void test_accounts(void **state)
{
    (void)state;
    struct state_account account;
    struct state_account bob = {.name = "bob", .token = "b-2"};
    assert_int_equal(state_load_account("host:1", NULL, &account), STATE_NONE);
    assert_true(state_save_account("host:1", &alice));
    assert_account("host:1", NULL, "alice", "t-2");
    assert_true(state_save_account("host:1", &bob));
    assert_account("host:1", NULL, "bob", "b-2");
    assert_account("host:1", "alice", "alice", "t-2");
    assert_int_equal(state_load_account("host:2", NULL, &account), STATE_NONE);
    assert_true(state_remove_account("host:1", "bob"));
    assert_int_equal(state_load_account("host:1", "bob", &account), STATE_NONE);
    assert_account("host:1", "alice", "alice", "t-2");
}

static void assert_found(const char *server, const char *as)
{
    struct state_account account;
    assert_int_equal(state_load_account(server, as, &account), STATE_GOOD);
    assert_string_equal(account.name, "alice");
    assert_string_equal(account.token, "t-2");
}

static void test_other_spellings(void **state)
{
    (void)state;
    struct state_account account;
    assert_true(state_save_account("127.0.0.1", &alice));
    assert_found("127.0.0.1:4242", "ALICE");
    assert_found("localhost", "Alice");
    assert_found("LOCALHOST:4242", NULL);
    assert_found("tcp://127.0.0.1:4242", "alice");
    assert_found("tcp://localhost:4242", "\xef\xbd\x81lice"); /* a full-width a */
    assert_int_equal(state_load_account("localhost:4243", "alice", &account), STATE_NONE);
    assert_int_equal(state_load_account("localhost.example:4242", "alice", &account), STATE_NONE);
    assert_int_equal(state_load_account("127.0.0.1", "alic", &account), STATE_NONE);
    assert_true(state_save_account("Chat.Example.org:1", &alice));
    assert_found("chat.example.ORG:1", "ALICE");
}

static void test_last_server(void **state)
{
    (void)state;
    char server[STATE_STRING_MAX];
    assert_true(state_save_account("here:1", &alice));
    assert_true(state_save_account("there:2", &alice));
    assert_int_equal(state_load_last_server(server), STATE_GOOD);
    assert_string_equal(server, "there:2");
}

/* "host" means "host:4242". */
static void test_default_port(void **state)
{
    (void)state;
    assert_true(state_save_account("solo", &alice));
    assert_account("solo:4242", NULL, "alice", "t-2");
}

static void test_files_are_private(void **state)
{
    (void)state;
    struct stat status;
    assert_true(state_save_account("private:1", &alice));
    assert_int_equal(stat(path_of("chinwag/private:1/alice.account"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(path_of("chinwag/private:1"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static void test_names_cannot_leave_the_folder(void **state)
{
    (void)state;
    struct state_account account = {.name = "../../x/\n\xc3\xbc", .token = "1"};
    assert_true(state_save_account("..", &account));
    struct stat status;
    assert_int_equal(stat(path_of("chinwag/%2e.:4242/%2e.%2f..%2fx%2f%0a%c3%bc.account"), &status),
                     0);
    char name[STATE_STRING_MAX];
    memset(name, '/', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_int_equal(state_load_account("host:1", name, &account), STATE_UNREADABLE);
}

static void write_account(const char *text)
{
    assert_true(state_save_account("broken:1", &alice));
    FILE *file = fopen(path_of("chinwag/broken:1/alice.account"), "w");
    fputs(text, file);
    fclose(file);
}

static void test_broken_account_files(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "",
        "chinwag-account 2\nname alice\ncommands 1\nlisten 2\ncall 3\n",
        "chinwag-account 1\nname alice\ncommands 1\nlisten 2\n",
        "chinwag-account 1\nname \ncommands 1\nlisten 2\ncall 3\n",
    };
    struct state_account account;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        write_account(broken[i]);
        assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_DAMAGED);
        assert_string_equal(state_damaged_path(), path_of("chinwag/broken:1/alice.account"));
    }
    /* What version 0.1.0 wrote: the token of listen, and two to be ended. */
    write_account("chinwag-account 1\nname alice\ncommands 1\nlisten 2\ncall 3\n");
    assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_GOOD);
    assert_string_equal(account.token, "2");
    assert_string_equal(account.old[0], "1");
    assert_string_equal(account.old[1], "3");
    assert_true(state_save_account("broken:1", &account));
    assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_GOOD);
    assert_string_equal(account.token, "2");
    assert_string_equal(account.old[0], "");
    char longest[2 * STATE_STRING_MAX];
    int n = snprintf(longest, sizeof longest, "chinwag-account 1\nname ");
    memset(longest + n, 'a', STATE_STRING_MAX);
    snprintf(longest + n + STATE_STRING_MAX, 60, "\ncommands 1\nlisten 2\ncall 3\n");
    write_account(longest);
    assert_int_equal(state_load_account("broken:1", NULL, &account), STATE_DAMAGED);
}

static void save_position(const char *server, const char *name, uint64_t id)
{
    struct state_position position = {.id = id, .db = "d.0", .era = "e"};
    assert_true(state_save_position(server, name, &position));
}

static void test_position(void **state)
{
    (void)state;
    struct state_position position;
    assert_int_equal(state_load_position("host:1", "alice", &position), STATE_NONE);
    assert_int_equal(position.id, 0);
    save_position("host:1", "alice", UINT64_MAX);
    assert_int_equal(state_load_position("host:1", "alice", &position), STATE_GOOD);
    assert_true(position.id == UINT64_MAX);
    assert_string_equal(position.db, "d.0");
    assert_string_equal(position.era, "e");
    save_position("host:1", "alice", 41);
    assert_int_equal(state_load_position("host:1", "alice", &position), STATE_GOOD);
    assert_int_equal(position.id, 41);
    assert_int_equal(state_load_position("host:1", "bob", &position), STATE_NONE);
    assert_true(state_save_position("host:1", "bob", &(struct state_position){.id = 7}));
    assert_int_equal(state_load_position("host:1", "bob", &position), STATE_GOOD);
    assert_int_equal(position.id, 7);
    assert_string_equal(position.db, "");
    assert_string_equal(position.era, "");
}

/* A reader sees the old file or the new one, and nothing else is left. */
static void test_files_are_replaced_whole(void **state)
{
    (void)state;
    struct stat before, after;
    save_position("whole:1", "alice", 1);
    FILE *reader = fopen(path_of("chinwag/whole:1/alice.seen"), "r");
    assert_int_equal(fstat(fileno(reader), &before), 0);
    save_position("whole:1", "alice", 2);
    assert_int_equal(stat(path_of("chinwag/whole:1/alice.seen"), &after), 0);
    assert_true(before.st_ino != after.st_ino);
    char line[8];
    assert_non_null(fgets(line, sizeof line, reader));
    assert_string_equal(line, "1 2\n");
    fclose(reader);
    char command[400];
    snprintf(command, sizeof command, "test \"$(ls '%s/chinwag/whole:1' | wc -l)\" = 1", folder);
    assert_int_equal(system(command), 0);
}

/* Another process: a process never conflicts with its own locks. */
static void test_lock(void **state)
{
    (void)state;
    int held = state_lock("host:1", "alice");
    assert_true(held >= 0);
    pid_t child = fork();
    if (child == 0) {
        bool refused = state_lock("host:1", "alice") < 0 && (errno == EAGAIN || errno == EACCES);
        bool other = state_lock("host:1", "bob") >= 0;
        _exit(refused && other ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(held);
    child = fork();
    if (child == 0)
        _exit(state_lock("host:1", "alice") >= 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_no_home(void **state)
{
    (void)state;
    struct state_account account;
    char home[300];
    snprintf(home, sizeof home, "%s/home", folder);
    setenv("XDG_STATE_HOME", "relative", 1); /* to be ignored, says the specification */
    setenv("HOME", home, 1);
    assert_true(state_save_account("host:1", &alice));
    struct stat status;
    assert_int_equal(stat(path_of("home/.local/state/chinwag/host:1/alice.account"), &status), 0);
    unsetenv("HOME");
    assert_false(state_save_account("host:1", &alice));
    assert_int_equal(state_load_account("host:1", NULL, &account), STATE_UNREADABLE);
    setenv("XDG_STATE_HOME", folder, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_other_spellings),
        cmocka_unit_test(test_last_server),
        cmocka_unit_test(test_default_port),
        cmocka_unit_test(test_files_are_private),
        cmocka_unit_test(test_names_cannot_leave_the_folder),
        cmocka_unit_test(test_broken_account_files),
        cmocka_unit_test(test_position),
        cmocka_unit_test(test_files_are_replaced_whole),
        cmocka_unit_test(test_lock),
        cmocka_unit_test(test_no_home),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
