/* test_state.c - what chinwag remembers, damaged: no file is taken for what it does not
 * say, and what an interrupted write leaves goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/sealed_file.h"
#include "cli/state_file.h"

#define SERVER "host:1"

static char folder[128];

static const struct state_account alice = {.name = "alice", .token = "3f2b8c1e-9d4a"};
static const struct state_position place = {
    .id = 4711, .db = "00112233445566778899aabbccddeeff.0", .era = "89abcdef0123-1267"};

static const char *path_of(const char *name)
{
    static char paths[4][400];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[0], "%s/chinwag/%s", folder, name);
    return paths[next];
}

static size_t read_bytes(const char *path, char bytes[1000])
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, 1000, file);
    fclose(file);
    return n;
}

static void write_bytes(const char *path, const char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static int set_up(void **state)
{
    const char *tmp = getenv("TMPDIR");
    (void)state;
    snprintf(folder, sizeof folder, "%.40s/chinwag-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    assert_non_null(mkdtemp(folder));
    setenv("XDG_STATE_HOME", folder, 1);
    assert_true(state_save_account(SERVER, &alice));
    assert_true(state_save_position(SERVER, "alice", &place));
    return 0;
}

static int tear_down(void **state)
{
    char command[200];
    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

/* --- each file, each way to damage it -------------------------------------------------- */

static enum state_found load_account(void)
{
    struct state_account account;
    enum state_found found = state_load_account(SERVER, "alice", &account);
    if (found == STATE_GOOD) {
        assert_string_equal(account.name, alice.name);
        assert_string_equal(account.token, alice.token);
    }
    return found;
}

static enum state_found load_position(void)
{
    struct state_position position;
    enum state_found found = state_load_position(SERVER, "alice", &position);
    assert_true(found == STATE_GOOD || position.id == 0);
    if (found == STATE_GOOD) {
        assert_int_equal(position.id, place.id);
        assert_string_equal(position.db, place.db);
        assert_string_equal(position.era, place.era);
    }
    return found;
}

/* There is only one account, so it is found whatever has become of `last`. */
static enum state_found load_last(void)
{
    struct state_account account;
    assert_int_equal(state_load_account(SERVER, NULL, &account), STATE_GOOD);
    assert_string_equal(account.name, alice.name);
    return state_damaged_path()[0] == 0 ? STATE_GOOD : STATE_DAMAGED;
}

static enum state_found load_last_server(void)
{
    char server[STATE_STRING_MAX];
    enum state_found found = state_load_last_server(server);
    if (found == STATE_GOOD)
        assert_string_equal(server, SERVER);
    return found;
}

static const struct file {
    const char *name;
    enum state_found (*load)(void);
} files[] = {
    {SERVER "/alice.account", load_account},
    {SERVER "/alice.seen", load_position},
    {SERVER "/last", load_last},
    {"last-server", load_last_server},
};
enum { FILES = sizeof files / sizeof files[0] };

static void assert_damaged(const struct file *file, const char *bytes, size_t n)
{
    write_bytes(path_of(file->name), bytes, n);
    assert_int_equal(file->load(), STATE_DAMAGED);
    assert_string_equal(state_damaged_path(), path_of(file->name));
}

static void what_was_written_is_good(void **state)
{
    (void)state;
    for (int i = 0; i < FILES; i++) {
        assert_int_equal(files[i].load(), STATE_GOOD);
        assert_string_equal(state_damaged_path(), "");
    }
}

/* Three bits of each byte of each file: a digit, letter or line end becomes another one, or
 * what is no text. */
static void one_bit(void **state)
{
    static const char bits[] = {1 << 0, 1 << 5, (char)(1 << 7)};
    char bytes[1000];
    (void)state;
    for (int i = 0; i < FILES; i++) {
        size_t n = read_bytes(path_of(files[i].name), bytes);
        for (size_t j = 0; j < 3 * n; j++) {
            bytes[j / 3] ^= bits[j % 3];
            assert_damaged(&files[i], bytes, n);
            bytes[j / 3] ^= bits[j % 3];
        }
        write_bytes(path_of(files[i].name), bytes, n);
        assert_int_equal(files[i].load(), STATE_GOOD);
    }
}

/* Cut short: what is left whole may still be good, for version 0.1.0 wrote no checksum;
 * nothing else is ever read. */
static void cut_short(void **state)
{
    char bytes[1000];
    (void)state;
    for (int i = 0; i < FILES; i++) {
        size_t n = read_bytes(path_of(files[i].name), bytes);
        assert_damaged(&files[i], bytes, 0);
        for (size_t length = 1; length < n; length++) {
            write_bytes(path_of(files[i].name), bytes, length);
            enum state_found found = files[i].load();
            assert_true(found == STATE_DAMAGED || bytes[length - 1] == '\n');
        }
        write_bytes(path_of(files[i].name), bytes, n);
    }
}

static void zeros_and_others(void **state)
{
    char zeros[1000] = {0}, bytes[1000], much[1000];
    (void)state;
    memset(much, 'x', sizeof much);
    for (int i = 0; i < FILES; i++) {
        size_t n = read_bytes(path_of(files[i].name), bytes);
        assert_damaged(&files[i], zeros, n);
        assert_damaged(&files[i], much, sizeof much);
        assert_damaged(&files[i], "\xff\xfe\xfd\n", 4);
        assert_damaged(&files[i], "\n", 1);
        write_bytes(path_of(files[i].name), bytes, n);
    }
}

/* Of a file that is not the user's to read, or no file. */
static void a_folder_in_its_place(void **state)
{
    struct state_position position;
    (void)state;
    unlink(path_of(SERVER "/alice.seen"));
    assert_int_equal(mkdir(path_of(SERVER "/alice.seen"), 0700), 0);
    assert_int_equal(state_load_position(SERVER, "alice", &position), STATE_UNREADABLE);
    assert_int_equal(position.id, 0);
    assert_false(state_save_position(SERVER, "alice", &place));
    assert_int_equal(load_account(), STATE_GOOD);
}

static void nobody_is_guessed(void **state)
{
    struct state_account account, bob = {.name = "bob", .token = "t"};
    (void)state;
    assert_true(state_save_account(SERVER, &bob));
    write_bytes(path_of(SERVER "/last"), "", 0);
    assert_int_equal(state_load_account(SERVER, NULL, &account), STATE_NOBODY);
    assert_string_equal(state_damaged_path(), path_of(SERVER "/last"));
    assert_int_equal(state_load_account(SERVER, "bob", &account), STATE_GOOD);
    assert_string_equal(state_damaged_path(), "");
    assert_true(state_save_account(SERVER, &alice)); /* a login mends it */
    assert_int_equal(state_load_account(SERVER, NULL, &account), STATE_GOOD);
    assert_string_equal(account.name, "alice");
}

/* As version 0.1.0 wrote them. */
static void files_of_before(void **state)
{
    struct state_account account;
    struct state_position position;
    char server[STATE_STRING_MAX];
    const char *old = "chinwag-account 1\nname alice\ncommands c\nlisten l\ncall k\n";
    (void)state;
    write_bytes(path_of(SERVER "/alice.account"), old, strlen(old));
    write_bytes(path_of(SERVER "/alice.seen"), "25\n", 3);
    write_bytes(path_of(SERVER "/last"), "alice\n", 6);
    write_bytes(path_of("last-server"), "host:1\n", 7);
    assert_int_equal(state_load_account(SERVER, NULL, &account), STATE_GOOD);
    assert_string_equal(account.token, "l");
    assert_int_equal(state_load_position(SERVER, "alice", &position), STATE_GOOD);
    assert_int_equal(position.id, 25);
    assert_string_equal(position.db, "");
    assert_int_equal(state_load_last_server(server), STATE_GOOD);
    assert_string_equal(server, "host:1");
    write_bytes(path_of(SERVER "/alice.seen"), "99999999999999999999\n", 21);
    assert_int_equal(state_load_position(SERVER, "alice", &position), STATE_DAMAGED);
}

/* --- what is left ---------------------------------------------------------------------- */

static bool exists(const char *name)
{
    return access(path_of(name), F_OK) == 0;
}

static void leftovers_go(void **state)
{
    static const char *const left[] = {SERVER "/alice.seen.AbC123", SERVER "/alice.account.zzzzzz",
                                       SERVER "/last.000000", "last-server.a1b2c3"};
    static const char *const others[] = {SERVER "/alice.seen.backups", SERVER "/notes.AbC123",
                                         SERVER "/alice.seen.AbC12", SERVER "/alice.lock"};
    struct state_account account;
    (void)state;
    for (int i = 0; i < 4; i++) {
        write_bytes(path_of(left[i]), "x", 1);
        write_bytes(path_of(others[i]), "x", 1);
    }
    assert_int_equal(state_load_account(SERVER, "alice", &account), STATE_GOOD);
    for (int i = 0; i < 4; i++) {
        assert_false(exists(left[i]));
        assert_true(exists(others[i]));
    }
    for (int i = 0; i < FILES; i++)
        assert_int_equal(files[i].load(), STATE_GOOD);
}

/* Another program is about to give it its name. */
static void a_file_being_written_stays(void **state)
{
    int ready[2], done[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        int fd = open(path_of(SERVER "/alice.seen.AbC123"), O_CREAT | O_WRONLY, 0600);
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        bool good = fcntl(fd, F_SETLK, &whole) == 0 && write(ready[1], "x", 1) == 1 &&
                    read(done[0], &byte, 1) == 1;
        _exit(!good);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    sealed_clean(path_of(SERVER));
    assert_true(exists(SERVER "/alice.seen.AbC123"));
    assert_int_equal(write(done[1], "x", 1), 1);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    sealed_clean(path_of(SERVER));
    assert_false(exists(SERVER "/alice.seen.AbC123"));
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(done[i]);
    }
}

/* Many programs of one user start at once: each removes leftovers while others write. */
static void files_are_written_while_others_clean(void **state)
{
    pid_t cleaners[3];
    (void)state;
    for (int i = 0; i < 3; i++)
        if ((cleaners[i] = fork()) == 0) {
            alarm(30); /* should the test have failed */
            for (;;)
                sealed_clean(path_of(SERVER));
        }
    for (int i = 0; i < 300; i++)
        assert_true(sealed_write(path_of(SERVER "/alice.seen"), "id 1\n"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kill(cleaners[i], SIGKILL), 0);
        assert_int_equal(waitpid(cleaners[i], NULL, 0), cleaners[i]);
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(what_was_written_is_good),
        T(one_bit),
        T(cut_short),
        T(zeros_and_others),
        T(nobody_is_guessed),
        T(a_folder_in_its_place),
        T(files_of_before),
        T(leftovers_go),
        T(a_file_being_written_stays),
        T(files_are_written_while_others_clean),
    };
    return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
