/* gone.h - the data folder searched for what was deleted, byte by byte: for test_gone.c and
 * test_gone_accounts.c. */
#ifndef TEST_GONE_H
#define TEST_GONE_H

#include "support.h"

#define DAY UINT64_C(86400000)

int gone_set_up(void **state);
int gone_tear_down(void **state);
/* What is looked for, and how often it was found; the bytes are searched. */
extern struct gone_search {
    struct cw_slice what;
    size_t found;
} grep;
void search(const uint8_t *bytes, size_t n);
size_t traces_of(struct fixture *f, const char *what);
void let_rest(struct fixture *f);
char *long_text(size_t n, const char *first, const char *last);
struct cw_store_result find_word(struct fixture *f, uint64_t user, const char *word);
void say_much(struct fixture *f, uint64_t user, int n);
void delete_at(struct fixture *f, uint64_t user, uint64_t seq);

#define ASSERT_GONE(f, what)  assert_int_equal(traces_of((f), (what)), 0)
#define ASSERT_THERE(f, what) assert_int_not_equal(traces_of((f), (what)), 0)

#endif
