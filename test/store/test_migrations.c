/* test_migrations.c - an older data folder becomes a newer one: what released versions
 * wrote opens with all its messages, and a migration that is killed at any of its
 * writes leaves the old version or the new one, from which the next start goes on.
 *
 * fixtures/VERSION is a folder as that version left it after kill -9, and messages.txt
 * in it says what it holds; fixtures/make.py made both. Between releases it is called by the
 * version of its tables. */
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"

#define KILLS_MAX    5000
#define VERSIONS_MAX 256

#define FIRST "0.1.0"

/* The names of the folders in `fixtures`: a release adds one (tools/release). */
static struct dirent **versions;
static int version_count;

static long stride; /* 1: killed at each write (make kill); more: at some (make test) */
static const char *fixtures;
static char *schemas[VERSIONS_MAX]; /* by version, once they were asked for */

/* --- files --------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    int in = open(from, O_RDONLY), out = open(to, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    assert_true(in >= 0 && out >= 0);
    for (ssize_t n; (n = read(in, bytes, sizeof bytes)) > 0;)
        assert_int_equal(write(out, bytes, (size_t)n), n);
    close(in);
    close(out);
}

static struct cw_slice file_bytes(const char *path)
{
    struct stat about;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &about) == 0);
    uint8_t *bytes = cw_alloc((size_t)about.st_size);
    assert_int_equal(read(fd, bytes, (size_t)about.st_size), about.st_size);
    close(fd);
    return cw_slice_of(bytes, (size_t)about.st_size);
}

static void copy_files(const char *from, const char *to)
{
    DIR *files = opendir(from);
    assert_non_null(files);
    mkdir(to, 0700);
    for (struct dirent *file; (file = readdir(files)) != NULL;) {
        char source[600], target[600];
        struct stat about;
        snprintf(source, sizeof source, "%s/%s", from, file->d_name);
        snprintf(target, sizeof target, "%s/%s", to, file->d_name);
        if (stat(source, &about) == 0 && S_ISREG(about.st_mode))
            copy_file(source, target);
    }
    closedir(files);
}

/* A copy of the released version's folder. */
static void copy_folder(struct fixture *f, const char *version)
{
    char from[512], to[128];
    snprintf(from, sizeof from, "%s/%s", fixtures, version);
    copy_files(from, f->folder);
    snprintf(from, sizeof from, "%s/%s/blobs", fixtures, version);
    snprintf(to, sizeof to, "%s/blobs", f->folder);
    copy_files(from, to);
}

static void start_over(struct fixture *f, const char *version)
{
    fixture_finish(f);
    fixture_init(f);
    if (version != NULL)
        copy_folder(f, version);
}

/* --- what is in it --------------------------------------------------------------------- */

struct expected {
    unsigned long long id, conversation, seq, kind, sender, deleted, edited, size;
    char head[65];
};

static void check_head(const struct expected *e, struct cw_slice body)
{
    char head[65] = "-";
    for (size_t i = 0; i < body.n && i < 32; i++)
        snprintf(head + 2 * i, 3, "%02x", body.p[i]);
    assert_string_equal(head, e->head);
}

static void check_message(struct fixture *f, const struct expected *e)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .limit = 1,
            .conversation = e->conversation, .anchor = CW_ANCHOR_AROUND, .seq = e->seq);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.message_count >= 1); /* an edit does not fill a page of one */
    assert_int_equal(r.messages[0].message_id, e->id);
    const struct cw_store_message *m = &r.messages[0];
    assert_int_equal(m->seq, e->seq);
    assert_int_equal(m->kind, e->kind);
    assert_int_equal(m->sender_id, e->sender);
    if (m->kind == CW_KIND_EDIT || m->kind == CW_KIND_DELETE)
        return;
    assert_int_equal(m->deleted_ms != 0, e->deleted);
    assert_int_equal(m->edited_ms != 0, e->edited);
    assert_int_equal(m->size, e->size);
    if (m->kind == CW_KIND_TEXT) {
        check_head(e, m->body);
        return;
    }
    r = RUN(f, .op = CW_STORE_VOICE_READ, .conversation = e->conversation, .seq = e->seq,
            .user_id = 1);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.messages[0].body.n, e->size);
    check_head(e, r.messages[0].body);
}

static void check_messages(struct fixture *f, const char *version)
{
    char path[512];
    struct expected e;
    unsigned n = 0;
    snprintf(path, sizeof path, "%s/%s/messages.txt", fixtures, version);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fscanf(file, "%llu %llu %llu %llu %llu %llu %llu %llu %64s", &e.id, &e.conversation,
                  &e.seq, &e.kind, &e.sender, &e.deleted, &e.edited, &e.size, e.head) == 9) {
        check_message(f, &e);
        n++;
    }
    fclose(file);
    assert_true(n > 30);
}

static bool is_first(const char *version)
{
    return strcmp(version, FIRST) == 0;
}

/* Alice 1, bob 2, carol 3; the groups cooks 1, quiet 2. */
static void check_people(struct fixture *f, const char *version)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = 3);
    assert_int_equal(r.person_count, 1);
    assert_int_equal(r.people[0].user_id, 1);
    assert_true(r.people[0].blocked);
    r = RUN(f, .op = CW_STORE_MEMBER_LIST, .user_id = 1, .group_id = 1, .limit = 10);
    assert_int_equal(r.person_count, 3);
    assert_int_equal(r.people[0].role, CW_ROLE_OWNER);
    assert_int_equal(r.people[1].role, CW_ROLE_MODERATOR);
    assert_true(r.people[2].muted_until_ms > 0);
    EXPECT(f, CW_STORE_BANNED, .op = CW_STORE_GROUP_JOIN, .user_id = 2, .key = TEXT("quiet"));
    r = RUN(f, .op = CW_STORE_INVITE_LIST, .user_id = 2, .mailbox = cw_mailbox_of_group(1));
    assert_int_equal(r.invitation_count, 1);
    assert_slice(r.invitations[0].by, "alice");
    assert_int_equal(r.invitations[0].uses, 1);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 2, .limit = 1,
            .conversation = cw_conversation_of_pair(1, 2));
    assert_int_equal(r.read_seq, 4);
    r = RUN(f, .op = CW_STORE_SEARCH, .user_id = 2, .body = TEXT("soup"), .limit = 20);
    assert_int_equal(r.message_count, /* of eight one was deleted; soup.txt is the name of a file */
                     is_first(version) ? 7 : 8);
    assert_int_equal(say_at(f, 1, 1, cw_mailbox_of_group(1), "new"), 14);
}

/* What each user has stored was counted. */
static void check_stored(struct fixture *f, const char *version)
{
    char path[512];
    struct expected e;
    uint64_t bytes[4] = {0};
    snprintf(path, sizeof path, "%s/%s/messages.txt", fixtures, version);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fscanf(file, "%llu %llu %llu %llu %llu %llu %llu %llu %64s", &e.id, &e.conversation,
                  &e.seq, &e.kind, &e.sender, &e.deleted, &e.edited, &e.size, e.head) == 9) {
        assert_in_range(e.sender, 1, 3);
        bool body = (e.kind == CW_KIND_TEXT || e.kind == CW_KIND_VOICE) && e.deleted == 0;
        if (e.kind != CW_KIND_DELETE)
            bytes[e.sender] += CW_STORED_ROW_BYTES + (body ? e.size : 0);
    }
    fclose(file);
    bytes[1] += is_first(version) ? 0 : 11; /* the file */
    for (uint64_t user = 1; user <= 3; user++) {
        f->options.quota = bytes[user] + CW_STORED_ROW_BYTES;
        fixture_open_sqlite(f);
        struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                          .user_id = user,
                                          .mailbox = cw_mailbox_of_user(user),
                                          .body = TEXT("x")};
        assert_int_equal(run_one(f, &append).status, CW_STORE_OVER_QUOTA);
        append.body = TEXT("");
        assert_int_equal(run_one(f, &append).status, CW_STORE_OK);
        fixture_close(f);
    }
}

/* What 0.1.0 did not know: a file, a reaction, a pin, and a setting. */
static void check_more(struct fixture *f)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 2, .limit = 1,
            .conversation = cw_conversation_of_pair(1, 2), .anchor = CW_ANCHOR_LATEST);
    assert_int_equal(r.message_count, 1);
    assert_slice(r.messages[0].body, "with a file");
    assert_slice(r.messages[0].file_name, "soup.txt");
    assert_int_equal(r.messages[0].file_size, 11);
    r = RUN(f, .op = CW_STORE_PIN_LIST, .user_id = 2, .group_id = 1, .limit = 10);
    assert_int_equal(r.message_count, 1);
    assert_int_equal(r.messages[0].seq, 3);
}

static void each_folder_opens_with_all_its_messages(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < version_count; i++) {
        const char *version = versions[i]->d_name;
        start_over(f, version);
        fixture_open_sqlite(f);
        check_messages(f, version);
        if (!is_first(version))
            check_more(f);
        check_people(f, version);
        fixture_close(f);
        fixture_open_sqlite(f);
        check_messages(f, version);
        fixture_close(f);
    }
}

static void each_folder_knows_what_each_has_stored(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < version_count; i++) {
        const char *version = versions[i]->d_name;
        start_over(f, version);
        check_stored(f, version);
    }
}

/* --- kill -9 in the middle ----------------------------------------------------------------- */

/* Both are of SQLite's own file system: ours cannot share a file with it. */
static sqlite3 *open_raw(const char *path)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"),
                     SQLITE_OK);
    return db;
}

static char *query_text(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(st, 0);
    char *copy = strdup(text == NULL ? "" : text);
    sqlite3_finalize(st);
    return copy;
}

/* All definitions of tables and indexes. */
static char *schema_of(sqlite3 *db)
{
    return query_text(db, "SELECT group_concat(name || ':' || ifnull(sql, ''), char(10)) FROM"
                          " (SELECT name, sql FROM sqlite_schema ORDER BY name)");
}

/* Of a version; made once, since each killed migration is compared with two. */
static const char *wanted_schema(int version)
{
    if (schemas[version] == NULL) {
        sqlite3 *db = open_raw(":memory:");
        assert_int_equal(cw_sqlite_migrate(db, 0, version), SQLITE_OK);
        schemas[version] = schema_of(db);
        sqlite3_close(db);
    }
    return schemas[version];
}

/* The version before the migration that has these words. */
static int version_before(const char *words)
{
    int version = 0;
    while (strstr(cw_sqlite_migrations[version], words) == NULL)
        assert_in_range(++version, 1, cw_sqlite_schema_version - 1);
    return version;
}

static void check_reaction(struct fixture *f, uint64_t conversation, uint64_t seq, uint64_t count)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .limit = 1, .conversation = conversation,
            .anchor = CW_ANCHOR_AROUND, .seq = seq);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.messages[0].seq, seq);
    assert_int_equal(r.messages[0].reaction_count, count == 0 ? 0 : 1);
    if (count == 0)
        return;
    assert_int_equal(r.messages[0].reactions[0].count, count);
    assert_true(r.messages[0].reactions[0].mine);
    assert_true(cw_slice_eq(r.messages[0].reactions[0].emoji, cw_slice_str("+")));
}

/* They were keyed by the message's id: 1 is the first of alice and bob, 3 the first of cooks. */
static void reactions_stay_with_their_messages(void **state)
{
    struct fixture *f = *state;
    char path[128];
    copy_folder(f, "0.1.0");
    snprintf(path, sizeof path, "%s/" CW_SQLITE_FILE, f->folder);
    sqlite3 *db = open_raw(path);
    assert_int_equal(cw_sqlite_migrate(db, 1, version_before("CREATE TABLE kinds(")), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "INSERT INTO reaction_kinds VALUES(1, 1, '+', 2), (3, 4, '+', 1);"
                                  "INSERT INTO reactions VALUES(1, 1, 1), (1, 2, 1), (3, 1, 4)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    fixture_open_sqlite(f);
    check_reaction(f, cw_conversation_of_pair(1, 2), 1, 2);
    check_reaction(f, cw_conversation_of_pair(1, 2), 2, 0);
    check_reaction(f, 3, 1, 1);
    check_reaction(f, 3, 4, 0);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNREACT, .user_id = 2, .seq = 1, .body = TEXT("+"),
           .conversation = cw_conversation_of_pair(1, 2));
    check_reaction(f, cw_conversation_of_pair(1, 2), 1, 1);
}

/* The file has exactly the tables of its version; returns that. */
static int check_version(struct fixture *f, int lowest)
{
    char path[128];
    snprintf(path, sizeof path, "%s/" CW_SQLITE_FILE, f->folder);
    sqlite3 *db = open_raw(path);
    char *sound = query_text(db, "PRAGMA integrity_check");
    assert_string_equal(sound, "ok");
    char *number = query_text(db, "PRAGMA user_version");
    int version = atoi(number);
    assert_in_range(version, lowest, cw_sqlite_schema_version);
    char *found = schema_of(db);
    assert_string_equal(found, wanted_schema(version));
    sqlite3_close(db);
    free(sound);
    free(number);
    free(found);
    return version;
}

/* Opens the folder in a child that is killed at write n; false when it came to the end. */
static bool open_and_be_killed(struct fixture *f, long n)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        char error[256];
        faulty_vfs_kill_after(n);
        _exit(cw_store_open_sqlite(f->folder, &f->options, error) == NULL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return true;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
    return false;
}

/* Every version up to ours was seen on the disk, if it is killed at each write. */
static void kill_at_writes(struct fixture *f, const char *version, int lowest, long step)
{
    bool seen[VERSIONS_MAX] = {false};
    long n = 0;
    for (bool killed = true; killed; n += step) {
        assert_true(n < KILLS_MAX);
        start_over(f, version);
        killed = open_and_be_killed(f, n);
        seen[check_version(f, lowest)] = true;
        fixture_open_sqlite(f);
        if (version != NULL)
            check_messages(f, version);
        fixture_close(f);
        assert_int_equal(check_version(f, lowest), cw_sqlite_schema_version);
    }
    for (int i = lowest; i <= cw_sqlite_schema_version && step == 1; i++)
        assert_true(seen[i]);
}

static void a_new_folder_is_whole_or_empty_after_a_kill(void **state)
{
    kill_at_writes(*state, NULL, 0, stride);
}

static void a_killed_migration_leaves_the_old_version_or_the_new_one(void **state)
{
    kill_at_writes(*state, "0.1.0", 1, stride);
    kill_at_writes(*state, "schema-17", 17, stride == 1 ? 1 : 8 * stride); /* the same ones again */
}

/* --- the way back ------------------------------------------------------------------------- */

/* What a later version has written is for that one: not a byte of it is changed. */
static void a_newer_folder_is_refused_and_unchanged(void **state)
{
    struct fixture *f = *state;
    char path[128], error[256] = "", version[64];
    start_over(f, FIRST);
    fixture_open_sqlite(f);
    fixture_close(f);
    snprintf(path, sizeof path, "%s/" CW_SQLITE_FILE, f->folder);
    sqlite3 *db = open_raw(path);
    snprintf(version, sizeof version, "PRAGMA user_version = %d", cw_sqlite_schema_version + 1);
    assert_int_equal(sqlite3_exec(db, version, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct cw_slice before = file_bytes(path);
    assert_null(cw_store_open_sqlite(f->folder, &f->options, error));
    assert_non_null(strstr(error, "are newer (schema"));
    assert_non_null(strstr(error, "start the version that wrote them, or restore a backup"));
    struct cw_slice after = file_bytes(path);
    assert_true(cw_slice_eq(before, after));
    free((void *)before.p);
    free((void *)after.p);
}

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    faulty_vfs_heal();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

static int is_fixture(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strchr(entry->d_name, '_') == NULL &&
           strstr(entry->d_name, ".py") == NULL;
}

int main(int argc, char **argv)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(each_folder_opens_with_all_its_messages),
        T(each_folder_knows_what_each_has_stored),
        T(a_newer_folder_is_refused_and_unchanged),
        T(reactions_stay_with_their_messages),
        T(a_new_folder_is_whole_or_empty_after_a_kill),
        T(a_killed_migration_leaves_the_old_version_or_the_new_one),
    };
    fixtures = argc > 1 ? argv[1] : "test/store/fixtures";
    stride = argc > 2 ? strtol(argv[2], NULL, 10) : 1;
    faulty_vfs_install();
    faulty_vfs_without_power_cuts();
    version_count = scandir(fixtures, &versions, is_fixture, alphasort);
    if (version_count < 3)
        return 1;
    int failed = cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
    while (version_count > 0)
        free(versions[--version_count]);
    free(versions);
    for (int i = 0; i < VERSIONS_MAX; i++)
        free(schemas[i]);
    return failed;
}
