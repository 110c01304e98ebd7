/* test_pages.c - overwrites one page of each tree of a real database in turn: derived data is
 * rebuilt, a damaged page of messages affects only requests that read it, and everything else
 * works. */
#include "support.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

#define PAGE     4096
#define USERS    300
#define MESSAGES 2400
#define PAIR     cw_conversation_of_pair(1, 2)

static char master[300]; /* the whole database, of which each test takes a copy */

/* --- a database with pages of every kind --------------------------------------------------- */

static void exec_on(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static sqlite3 *open_raw(const char *path)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

/* The store's own cache must not hide it; and no power will be cut here. */
static void forget_cache(struct fixture *f)
{
    sqlite3 *db = ((struct cw_sqlite *)f->store)->db;
    sqlite3_db_release_memory(db);
    exec_on(db, "PRAGMA synchronous=OFF");
}

/* In few commits. */
static void say_all(struct fixture *f, uint64_t group)
{
    enum { AT_ONCE = 300 };
    static struct cw_store_request requests[AT_ONCE];
    static struct cw_store_result results[AT_ONCE];
    static char texts[AT_ONCE][100];
    for (uint64_t done = 0; done < MESSAGES; done += AT_ONCE) {
        for (uint64_t i = done; i < done + AT_ONCE; i++) {
            uint64_t user = i < USERS ? i + 1 : 1 + i % 2; /* at first each of them, with an n */
            uint64_t to =
                i < USERS ? cw_mailbox_of_user(user % USERS + 1) : cw_mailbox_of_user(3 - user);
            snprintf(texts[i - done], 100,
                     "message number%d, about needle%d in a haystack of words", (int)i, (int)i);
            requests[i - done] = (struct cw_store_request){
                .op = CW_STORE_MESSAGE_APPEND,
                .time_ms = 1,
                .user_id = user,
                .mailbox = i >= USERS && i % 3 == 0 ? cw_mailbox_of_group(group) : to,
                .body = TEXT(texts[i - done]),
                .session_id = i < USERS ? user : 0,
                .n = i < USERS};
        }
        run_many(f, requests, AT_ONCE, results);
        for (int i = 0; i < AT_ONCE; i++)
            assert_int_equal(results[i].status, CW_STORE_OK);
    }
}

/* alice (1) and bob (2) talk, in a group with carol (3), too; the others only are there. */
static void fill(struct fixture *f)
{
    char name[40];
    add_user(f, "alice");
    add_user(f, "bob");
    add_user(f, "carol");
    for (int i = 4; i <= USERS; i++) {
        snprintf(name, sizeof name, "somebody-with-a-long-name-%d", i);
        add_user(f, name);
    }
    uint64_t group = add_group(f, 1, "cooks");
    join_group(f, 2, "cooks");
    join_group(f, 3, "cooks");
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof name, "group-with-a-long-name-%d", i);
        add_group(f, 4 + (uint64_t)i, name);
    }
    for (uint64_t i = 1; i <= USERS; i++) {
        snprintf(name, sizeof name, "token-%d", (int)i);
        add_session(f, i, name, 1);
    }
    say_all(f, group);
}

/* What takes 65,536 messages else. */
static const char finish_sql[] =
    "INSERT OR IGNORE INTO inbox SELECT mailbox, id FROM messages;"
    "INSERT OR IGNORE INTO history SELECT iif(mailbox & 1, mailbox, (min(mailbox >> 1, sender_id)"
    " << 31 | max(mailbox >> 1, sender_id)) << 1), seq, id FROM messages;"
    "INSERT OR IGNORE INTO marks SELECT sender_id, (min(mailbox >> 1, sender_id) << 31 |"
    " max(mailbox >> 1, sender_id)) << 1, 0 FROM messages WHERE mailbox & 1 = 0 AND seq = 1;"
    "INSERT OR IGNORE INTO marks SELECT mailbox >> 1, (min(mailbox >> 1, sender_id) << 31 |"
    " max(mailbox >> 1, sender_id)) << 1, 0 FROM messages WHERE mailbox & 1 = 0 AND seq = 1;"
    "UPDATE progress SET inbox_to = (SELECT max(id) FROM messages);"
    "WITH RECURSIVE i(n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM i WHERE n < 900)"
    " INSERT OR IGNORE INTO blocks SELECT n, n + 1 FROM i;"
    "WITH RECURSIVE i(n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM i WHERE n < 900)"
    " INSERT OR IGNORE INTO contacts SELECT n, n + 1 FROM i;"
    "WITH RECURSIVE i(n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM i WHERE n < 900)"
    " INSERT OR IGNORE INTO bans SELECT n, n + 1, 1 FROM i;"
    "WITH RECURSIVE i(n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM i WHERE n < 200)"
    " INSERT OR IGNORE INTO invitations(hash, mailbox, creator_id, created_ms, expires_ms, uses) "
    "SELECT randomblob(32), n, 1, 1, 1, 1 FROM i;"
    "WITH RECURSIVE i(n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM i WHERE n < 300)"
    " INSERT OR IGNORE INTO removals SELECT printf('00010000-%024d', n) FROM i;"
    "CREATE TABLE gone(a); WITH RECURSIVE i(n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM i WHERE n"
    " < 400) INSERT INTO gone SELECT randomblob(3000) FROM i; DROP TABLE gone;";

static void copy_file(const char *from, const char *to)
{
    static char bytes[8 << 20];
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t n = read(in, bytes, sizeof bytes);
    assert_true(n > 0 && (size_t)n < sizeof bytes);
    assert_int_equal(write(out, bytes, (size_t)n), n);
    close(in);
    close(out);
}

static int make_master(void **state)
{
    static struct fixture f;
    fixture_init(&f);
    fixture_open_sqlite(&f);
    forget_cache(&f);
    fill(&f);
    run_idle(&f);
    fixture_close(&f);
    sqlite3 *db = open_raw(fixture_path(&f, CW_SQLITE_FILE));
    exec_on(db, finish_sql);
    sqlite3_close(db);
    snprintf(master, sizeof master, "%s", fixture_path(&f, "master"));
    copy_file(fixture_path(&f, CW_SQLITE_FILE), master);
    *state = &f;
    return 0;
}

static int remove_master(void **state)
{
    fixture_finish(*state);
    return 0;
}

/* --- pages ---------------------------------------------------------------------------------- */

struct page {
    char tree[40], type[12]; /* as dbstat says; "free" */
    int number;
};

/* The head of the list of free pages, as the header of the file says. */
static int first_free_page(void)
{
    uint8_t bytes[4];
    int fd = open(master, O_RDONLY);
    assert_int_equal(pread(fd, bytes, 4, 32), 4);
    close(fd);
    return bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

/* Of each tree and type of page one in the middle, and the last. */
static size_t choose_pages(struct page pages[], size_t room)
{
    sqlite3 *db = open_raw(master);
    sqlite3_stmt *st;
    size_t n = 0;
    assert_int_equal(
        sqlite3_prepare_v2(
            db,
            "WITH p AS (SELECT name, pagetype, pageno, row_number() OVER w AS i, count(*) OVER"
            " (PARTITION BY name, pagetype) AS n FROM dbstat WINDOW w AS (PARTITION BY name,"
            " pagetype ORDER BY path)) SELECT name, pagetype, pageno FROM p WHERE i = n OR i = (n "
            "+ 1) / 2",
            -1, &st, NULL),
        SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW && n < room) {
        struct page *page = &pages[n++];
        snprintf(page->tree, sizeof page->tree, "%s", sqlite3_column_text(st, 0));
        snprintf(page->type, sizeof page->type, "%s", sqlite3_column_text(st, 1));
        page->number = sqlite3_column_int(st, 2);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
    assert_true(n > 60 && n + 2 < room);
    pages[n] = (struct page){"(free pages)", "trunk", first_free_page()};
    assert_true(pages[n].number > 1);
    pages[n + 1] = (struct page){"(places)", "map", 2}; /* who refers to the pages behind it */
    return n + 2;
}

/* `how`: 0 zeros, 1 noise. */
static void overwrite(struct fixture *f, int number, int how)
{
    static uint8_t bytes[PAGE];
    for (int i = 0; i < PAGE; i++)
        bytes[i] = how == 0 ? 0 : (uint8_t)(0xa5 ^ i * 7 ^ i >> 3);
    int fd = open(fixture_path(f, CW_SQLITE_FILE), O_WRONLY);
    assert_int_equal(pwrite(fd, bytes, PAGE, (off_t)(number - 1) * PAGE), PAGE);
    close(fd);
}

static bool is_of(const struct page *page, const char *const trees[])
{
    for (; *trees != NULL; trees++)
        if (strcmp(page->tree, *trees) == 0)
            return true;
    return false;
}

/* --- what must go on ------------------------------------------------------------------------- */

struct seen {
    size_t good, damaged;
    uint64_t last_id;
};

/* All of bob's, page by page. */
static struct seen read_all_of_bob(struct fixture *f)
{
    struct seen seen = {0};
    struct cw_store_result r;
    uint64_t cursor = 0;
    do {
        r = RUN(f, .op = CW_STORE_INBOX_READ, .user_id = 2, .cursor = cursor);
        if (r.status != CW_STORE_OK)
            return (struct seen){0};
        for (size_t i = 0; i < r.message_count; i++) {
            assert_true(r.messages[i].message_id > seen.last_id);
            seen.last_id = r.messages[i].message_id;
            seen.good += !r.messages[i].damaged;
            seen.damaged += r.messages[i].damaged;
        }
        cursor = r.scanned_to;
    } while (r.more);
    return seen;
}

static struct seen read_history(struct fixture *f)
{
    struct seen seen = {0};
    uint64_t at = 0;
    struct cw_store_result r;
    do {
        r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .conversation = PAIR, .limit = 200,
                .anchor = CW_ANCHOR_AFTER, .seq = at);
        if (r.status != CW_STORE_OK)
            return (struct seen){0};
        assert_true(r.message_count != 0 || !r.more); /* else a client would ask without end */
        for (size_t i = 0; i < r.message_count; i++) {
            assert_true(r.messages[i].seq > at);
            at = r.messages[i].seq;
            seen.last_id = r.messages[i].message_id;
            seen.good += !r.messages[i].damaged;
            seen.damaged += r.messages[i].damaged;
        }
    } while (r.more);
    return seen;
}

static enum cw_store_status say(struct fixture *f, uint64_t *id)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1,
                                   .mailbox = cw_mailbox_of_user(2), .body = TEXT("afterwards"));
    *id = r.message_id;
    return r.status;
}

/* With the whole database. */
static struct seen whole_inbox, whole_history;

static const char *const precious[] = {"users", "groups",   "members",     "blocks",
                                       "bans",  "contacts", "invitations", "mutes",
                                       "bots",  "hooks",    "factors",     NULL};
static const char *const messages[] = {"messages", NULL};

static void show_notes(struct fixture *f)
{
    struct cw_store_notes notes;
    cw_store_take_notes(f->store, &notes);
    for (size_t i = 0; i < notes.count && getenv("PAGES") != NULL; i++)
        fprintf(stderr, "    %s\n", notes.lines[i]);
}

/* All users request all data: the store goes on, and undamaged data is complete. */
static void look_round(struct fixture *f, const struct page *page, bool again)
{
    uint64_t id = 0;
    bool derived = !is_of(page, precious), of_messages = is_of(page, messages);
    size_t said = again ? 3 : 1; /* one at the end of a round */
    static const enum cw_store_op lists[] = {CW_STORE_SESSION_LIST, CW_STORE_CONTACT_LIST,
                                             CW_STORE_GROUP_LIST, CW_STORE_CONVERSATIONS};
    enum cw_store_status status = say(f, &id);
    if (status != CW_STORE_OK)
        show_notes(f);
    assert_true(status == CW_STORE_OK || (!derived && status == CW_STORE_UNAVAILABLE));
    for (uint64_t user = 1; user <= USERS; user += 13)
        for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
            struct cw_store_result r = RUN(f, .op = lists[i], .user_id = user, .limit = 50);
            assert_true(r.status == CW_STORE_OK || (!derived && r.status == CW_STORE_UNAVAILABLE));
        }
    struct seen inbox = read_all_of_bob(f), history = read_history(f);
    show_notes(f);
    if (derived && !of_messages) {
        assert_int_equal(inbox.good, whole_inbox.good + said);
        assert_int_equal(history.good, whole_history.good + said);
        assert_int_equal(inbox.damaged + history.damaged, 0);
    }
    if (derived) {
        assert_int_equal(inbox.last_id, id);
        assert_int_equal(history.last_id, id);
    }
    if (of_messages) { /* a page has a few dozens; one above them has more */
        bool leaf = strcmp(page->type, "leaf") == 0 || strcmp(page->type, "overflow") == 0;
        assert_true(!leaf || inbox.good + 60 > whole_inbox.good);
        assert_true(!leaf || history.good + 60 > whole_history.good);
    }
    run_idle(f);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SEARCH, .user_id = 2, .limit = 10, .body = TEXT("afterwards"));
    run_idle(f); /* it may have been rebuilt just now */
    r = RUN(f, .op = CW_STORE_SEARCH, .user_id = 2, .limit = 10, .body = TEXT("afterwards"));
    if (derived) {
        assert_int_equal(r.status, CW_STORE_OK);
        assert_true(r.message_count >= 1);
    }
    r = RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("bob"), .secret = TEXT("token-2"));
    assert_true(!derived || r.status == CW_STORE_OK ||
                (strcmp(page->tree, "sessions") == 0 && r.status != CW_STORE_FAILED));
    r = RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = 1, .secret = TEXT(again ? "x" : "y"),
            .client = TEXT(""));
    assert_true(r.status == CW_STORE_OK || (!derived && r.status == CW_STORE_UNAVAILABLE));
    uint64_t session_id = r.session_id;
    char name[20];
    snprintf(name, sizeof name, "newcomer%d", again);
    r = RUN(f, .op = CW_STORE_USER_CREATE, .name = TEXT(name), .key = TEXT(name),
            .secret = TEXT("h"));
    assert_true(r.status == CW_STORE_OK || (!derived && r.status == CW_STORE_UNAVAILABLE));
    r = RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1, .session_id = session_id, .n = 7,
            .mailbox = cw_mailbox_of_user(1), .body = TEXT("to myself"));
    assert_true(r.status == CW_STORE_OK || (!derived && r.status == CW_STORE_UNAVAILABLE));
    assert_int_not_equal(say(f, &id), CW_STORE_FAILED);
    show_notes(f);
}

static void try_page(const struct page *page, int how, bool running)
{
    struct fixture f;
    char error[256] = "";
    fixture_init(&f);
    copy_file(master, fixture_path(&f, CW_SQLITE_FILE));
    if (running) {
        fixture_open_sqlite(&f);
        forget_cache(&f);
    }
    overwrite(&f, page->number, how);
    if (!running)
        f.store = cw_store_open_sqlite(f.folder, &f.options, error);
    if (f.store == NULL || strcmp(page->tree, "sqlite_schema") == 0) {
        if (strcmp(page->tree, "sqlite_schema") != 0)
            fail_msg("page %d of %s (%s): %s", page->number, page->tree, page->type, error);
        assert_true(running || strstr(error, "damaged or no database") != NULL);
        fixture_finish(&f);
        return;
    }
    forget_cache(&f);
    look_round(&f, page, false);
    fixture_close(&f);
    f.store = cw_store_open_sqlite(f.folder, &f.options, error);
    if (f.store == NULL)
        fail_msg("page %d of %s again: %s", page->number, page->tree, error);
    look_round(&f, page, true);
    fixture_finish(&f);
}

/* PAGES=1 shows which one it is, ONLY=TREE takes its alone. */
static size_t step = 1; /* an odd number: each kind of damage has its turn */

static void each_page(bool running)
{
    static struct page pages[300];
    size_t n = choose_pages(pages, 300);
    const char *only = getenv("ONLY");
    for (size_t i = 0; i < n; i += step) {
        if (only != NULL && strcmp(only, pages[i].tree) != 0)
            continue;
        if (getenv("PAGES") != NULL)
            fprintf(stderr, "%s %s %d\n", pages[i].tree, pages[i].type, pages[i].number);
        try_page(&pages[i], (int)(i % 2) ^ running, running);
    }
}

static void a_whole_database_is_the_measure(void **state)
{
    struct fixture *f = *state;
    uint64_t id;
    fixture_open_sqlite(f);
    whole_inbox = read_all_of_bob(f);
    whole_history = read_history(f);
    assert_true(whole_inbox.good > 700 && whole_history.good > 700);
    assert_int_equal(say(f, &id), CW_STORE_OK);
    fixture_close(f);
}

static void at_the_start(void **state)
{
    (void)state;
    each_page(false);
}

static void under_a_running_store(void **state)
{
    (void)state;
    each_page(true);
}

/* A search that has to index first, and meets a page of messages that is damaged, finds
 * what stands on the other ones, and at once. */
static void the_first_search_goes_on_behind_a_page(void **state)
{
    static struct page pages[300];
    size_t n = choose_pages(pages, 300), i = 0;
    struct fixture f;
    (void)state;
    while (i < n && (strcmp(pages[i].tree, "messages") != 0 || strcmp(pages[i].type, "leaf") != 0))
        i++;
    assert_true(i < n);
    fixture_init(&f);
    copy_file(master, fixture_path(&f, CW_SQLITE_FILE));
    sqlite3 *db = open_raw(fixture_path(&f, CW_SQLITE_FILE));
    exec_on(db,
            "INSERT INTO search(search) VALUES('delete-all'); UPDATE progress SET search_to = 900;"
            "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    overwrite(&f, pages[i].number, 0);
    fixture_open_sqlite(&f);
    struct cw_store_result r =
        RUN(&f, .op = CW_STORE_SEARCH, .user_id = 2, .limit = 10, .body = TEXT("haystack"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_count, 10);
    fixture_finish(&f);
}

/* test_pages STEP: each page, or each third one. */
int main(int argc, char **argv)
{
    if (argc > 1)
        step = strtoul(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_database_is_the_measure),
        cmocka_unit_test(the_first_search_goes_on_behind_a_page),
        cmocka_unit_test(at_the_start),
        cmocka_unit_test(under_a_running_store),
    };
    return cmocka_run_group_tests_name("pages", tests, make_master, remove_master);
}
