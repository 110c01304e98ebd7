/* test_wal.c - a log that was torn is told from one that was damaged. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/sqlite/places.h"
#include "store/sqlite/wal.h"

#define FRAME (4096 + 24)

static uint8_t *log_bytes, *copy;
static size_t log_size;
static struct fixture f;
static char logged[600], db[CW_DB_MAX];

/* A store that is killed: its log stays. Each text is a commit. */
static void kill_a_store(void)
{
    pid_t child = fork();
    if (child == 0) {
        fixture_open_sqlite(&f);
        add_user(&f, "alice");
        add_user(&f, "bob");
        for (int i = 0; i < 30; i++)
            add_message(&f, 1, cw_mailbox_of_user(2), "a text");
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static int set_up(void **state)
{
    struct stat about;
    (void)state;
    fixture_init(&f);
    fixture_open_sqlite(&f);
    snprintf(db, sizeof db, "%s", cw_store_identity(f.store)->db);
    fixture_close(&f);
    kill_a_store();
    int fd = open(fixture_path(&f, CW_SQLITE_FILE "-wal"), O_RDONLY);
    assert_int_equal(fstat(fd, &about), 0);
    log_size = (size_t)about.st_size;
    log_bytes = cw_alloc(log_size);
    copy = cw_alloc(log_size);
    assert_int_equal(read(fd, log_bytes, log_size), log_size);
    close(fd);
    assert_true(log_size > 32 + 30 * FRAME);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_finish(&f);
    free(log_bytes);
    free(copy);
    return 0;
}

static struct cw_wal_verdict judge(const uint8_t *bytes, size_t n)
{
    return cw_wal_judge(cw_slice_of(bytes, n));
}

/* Where the third commit from the end begins: what is wrong before it has two behind it. */
static size_t proved_before(void)
{
    size_t at = 32 + (log_size - 32) / FRAME * FRAME, commits = 0;
    while (commits < 3) {
        at -= FRAME;
        commits += log_bytes[at + 4] != 0 || log_bytes[at + 5] != 0 || log_bytes[at + 6] != 0 ||
                   log_bytes[at + 7] != 0;
    }
    return at + FRAME;
}

static void a_whole_log_is_whole(void **state)
{
    (void)state;
    struct cw_wal_verdict verdict = judge(log_bytes, log_size);
    assert_false(verdict.damaged);
}

static void a_torn_log_is_not_damaged(void **state)
{
    (void)state;
    for (size_t n = 0; n <= log_size; n += n < 200 || n % FRAME < 40 ? 1 : 97)
        assert_false(judge(log_bytes, n).damaged);
    /* The last transaction in part, as sectors that came and did not. */
    size_t last = log_size;
    for (size_t at = log_size - FRAME; at + FRAME > proved_before(); at -= 512) {
        memcpy(copy, log_bytes, log_size);
        if (last - at > FRAME)
            break;
        memset(copy + at, 0, 512);
        assert_false(judge(copy, log_size).damaged);
    }
    memcpy(copy, log_bytes, log_size);
    memset(copy, 0, log_size); /* made longer, and not yet written */
    assert_false(judge(copy, log_size).damaged);
}

/* What an older round of the log left behind the newer one has other salts. */
static void an_older_round_is_no_damage(void **state)
{
    (void)state;
    memcpy(copy, log_bytes, log_size);
    for (size_t at = 32 + 3 * FRAME; at + FRAME <= log_size; at += FRAME)
        copy[at + 8] ^= 1;
    assert_false(judge(copy, log_size).damaged);
}

static void every_bit_is_noticed(void **state)
{
    (void)state;
    size_t end = proved_before(), tried = 0;
    memcpy(copy, log_bytes, log_size);
    for (size_t at = 0; at < end; at += at < 32 || (at - 32) % FRAME < 30 ? 1 : 211) {
        if (at >= 12 && at < 16)
            continue; /* see below */
        for (int bit = 0; bit < 8; bit += at < 32 ? 1 : 3) {
            copy[at] ^= (uint8_t)(1 << bit);
            if (!judge(copy, log_size).damaged)
                fail_msg("bit %d of byte %zu is not noticed", bit, at);
            copy[at] ^= (uint8_t)(1 << bit);
            tried++;
        }
    }
    for (size_t at = 12; at < 16; at++) { /* the count of rounds is in the sum, too */
        copy[at] ^= 1;
        assert_true(judge(copy, log_size).damaged);
        copy[at] ^= 1;
    }
    assert_true(tried > 2000);
}

static void take_line(const char *line)
{
    if (strstr(line, "-wal") != NULL)
        snprintf(logged, sizeof logged, "%s", line);
}

static void the_start_says_so_and_keeps_it(void **state)
{
    (void)state;
    struct stat about;
    char error[256] = "", expected[100];
    size_t at = 32 + 4 * FRAME + 1000;
    int fd = open(fixture_path(&f, CW_SQLITE_FILE "-wal"), O_WRONLY);
    uint8_t byte = log_bytes[at] ^ 4;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
    f.options.log = take_line;
    f.store = cw_store_open_sqlite(f.folder, &f.options, error);
    assert_string_equal(error, "");
    snprintf(expected, sizeof expected, "-wal is damaged at byte %d: at least ", 32 + 4 * FRAME);
    assert_non_null(strstr(logged, expected));
    assert_non_null(strstr(logged, "chinwag.db-wal.damaged-1"));
    assert_int_equal(stat(fixture_path(&f, "chinwag.db-wal.damaged-1"), &about), 0);
    assert_int_equal(about.st_size, log_size);
    assert_string_not_equal(cw_store_identity(f.store)->db, db); /* clients see a new database */
    assert_true(cw_store_newest(f.store) >= CW_ID_LEAP);
    fixture_close(&f);
    logged[0] = '\0';
    fixture_open_sqlite(&f); /* that was said */
    assert_string_equal(logged, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_log_is_whole),
        cmocka_unit_test(a_torn_log_is_not_damaged),
        cmocka_unit_test(an_older_round_is_no_damage),
        cmocka_unit_test(every_bit_is_noticed),
        cmocka_unit_test(the_start_says_so_and_keeps_it),
    };
    return cmocka_run_group_tests_name("wal", tests, set_up, tear_down);
}
