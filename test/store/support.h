/* support.h - what the tests of the store have in common. */
#ifndef CW_TEST_STORE_SUPPORT_H
#define CW_TEST_STORE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/store.h"

#define IDLE_MS  1000000u
#define SESSIONS 16u

struct fixture {
    struct cw_store *store;
    struct cw_store_options options;
    char folder[64]; /* a new one, removed at the end */
    struct cw_arena arena;
};

extern const struct cw_store_options test_options;

/* A fixture with a new folder, test_options and no store. */
void fixture_init(struct fixture *f);
/* Closes the store if there is one and removes the folder. */
void fixture_finish(struct fixture *f);
/* Opens SQLite in the folder, which must go well. */
void fixture_open_sqlite(struct fixture *f);
void fixture_close(struct fixture *f);
/* A path in its folder; good until three more have been asked for. */
const char *fixture_path(const struct fixture *f, const char *name);

/* One request as a batch of its own. The slices live until the fixture's end. */
struct cw_store_result run_one(struct fixture *f, const struct cw_store_request *request);
void run_many(struct fixture *f, const struct cw_store_request requests[], size_t n,
              struct cw_store_result results[]);

#define RUN_AT(f, now, ...) run_one((f), &(struct cw_store_request){.time_ms = (now), __VA_ARGS__})
#define RUN(f, ...)         RUN_AT(f, 1, __VA_ARGS__)
#define TEXT(s)             cw_slice_str(s)
/* It ends so. */
#define EXPECT_AT(f, expected, now, ...)                                                           \
    assert_int_equal(RUN_AT((f), (now), __VA_ARGS__).status, (expected))
#define EXPECT(f, expected, ...) EXPECT_AT((f), (expected), 1, __VA_ARGS__)

/* Each of these must go well, and returns the new id. */
uint64_t add_user(struct fixture *f, const char *key);
uint64_t add_session(struct fixture *f, uint64_t user_id, const char *token, uint64_t time_ms);
uint64_t add_group(struct fixture *f, uint64_t user_id, const char *key);
void join_group(struct fixture *f, uint64_t user_id, const char *key);
uint64_t add_message(struct fixture *f, uint64_t sender_id, uint64_t mailbox, const char *body);
/* A text of this moment, as a conversation numbers it. */
uint64_t say_at(struct fixture *f, uint64_t time_ms, uint64_t sender_id, uint64_t mailbox,
                const char *body);

struct cw_store_result read_inbox(struct fixture *f, uint64_t user_id, uint64_t cursor);

void assert_slice(struct cw_slice slice, const char *expected);
/* A page has exactly these messages, by id; ends with a 0. */
void assert_ids(const struct cw_store_result *page, const uint64_t ids[]);
#define ASSERT_IDS(page, ...) assert_ids((page), (const uint64_t[]){__VA_ARGS__ 0})
/* Idle work until there is none left. */
void run_idle(struct fixture *f);

#endif
