/* gone.c - see gone.h. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "gone.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

int gone_set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    faulty_vfs_heal();
    *state = f;
    return 0;
}

int gone_tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

/* --- looking for it -------------------------------------------------------------------- */

struct gone_search grep;

void search(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i + grep.what.n <= n; i++)
        grep.found +=
            bytes[i] == grep.what.p[0] && memcmp(bytes + i, grep.what.p, grep.what.n) == 0;
}

static int grep_file(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)place;
    if (type != FTW_F || about->st_size == 0)
        return 0;
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = cw_alloc((size_t)about->st_size);
    assert_non_null(file);
    size_t n = fread(bytes, 1, (size_t)about->st_size, file);
    search(bytes, n);
    free(bytes);
    fclose(file);
    return 0;
}

/* How often these bytes are in the files of the folder. SQLite holds no lock that the
 * closing of these files could break: the test's file system has none. */
size_t traces_of(struct fixture *f, const char *what)
{
    grep.what = cw_slice_str(what);
    grep.found = 0;
    assert_int_equal(nftw(f->folder, grep_file, 8, FTW_PHYS), 0);
    return grep.found;
}

/* Two seconds in which nobody asks for anything. */
void let_rest(struct fixture *f)
{
    for (int i = 0; i < 2; i++) {
        cw_store_tick(f->store);
        run_idle(f);
    }
}

/* --- texts ------------------------------------------------------------------------------ */

/* A text of `n` bytes that begins and ends with words of its own. */
char *long_text(size_t n, const char *first, const char *last)
{
    char *text = cw_alloc(n + 1);
    for (size_t i = 0; i < n; i++)
        text[i] = i % 8 == 7 ? ' ' : (char)('a' + i % 23);
    memcpy(text, first, strlen(first));
    text[strlen(first)] = ' ';
    text[n - strlen(last) - 1] = ' ';
    memcpy(text + n - strlen(last), last, strlen(last));
    text[n] = '\0';
    return text;
}

struct cw_store_result find_word(struct fixture *f, uint64_t user, const char *word)
{
    return RUN(f, .op = CW_STORE_SEARCH, .user_id = user, .body = TEXT(word), .limit = 10);
}

/* As if some thousands had come before and after it. */
void say_much(struct fixture *f, uint64_t user, int n)
{
    for (int i = 0; i < n; i++) {
        char text[64];
        snprintf(text, sizeof text, "number %d of the others", i);
        add_message(f, user, cw_mailbox_of_user(user), text);
    }
    find_word(f, user, "number"); /* all are indexed */
}

void delete_at(struct fixture *f, uint64_t user, uint64_t seq)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = user, .seq = seq,
           .conversation = cw_conversation_of_pair(user, user));
}
