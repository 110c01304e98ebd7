/* test_store.c - runs the rules of store.h (test_store_*.c) over every back end.
 *
 * With an argument ("memory", "SQLite") over this one alone. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

#include "faulty_vfs.h"
#include "store/memory/open.h"

static void open_memory(struct fixture *f)
{
    f->store = cw_store_open_memory(&f->options);
}

static void fill_memory(struct fixture *f, bool full)
{
    cw_store_memory_set_full(f->store, full);
}

static void fill_sqlite(struct fixture *f, bool full)
{
    (void)f;
    if (full)
        faulty_vfs_full_after(0);
    else
        faulty_vfs_heal();
}

static const struct back_end {
    const char *name;
    void (*open)(struct fixture *f);
    void (*set_full)(struct fixture *f, bool full);
    bool forgets;
} back_ends[] = {
    {"memory", open_memory, fill_memory, true},
    {"SQLite", fixture_open_sqlite, fill_sqlite, false},
};

static const struct back_end *back_end;

int suite_set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    back_end->open(f);
    *state = f;
    return 0;
}

int suite_tear_down(void **state)
{
    faulty_vfs_heal();
    fixture_finish(*state);
    free(*state);
    return 0;
}

void suite_set_full(struct fixture *f, bool full)
{
    back_end->set_full(f, full);
}

void suite_reopen(struct fixture *f)
{
    if (back_end->forgets)
        return;
    fixture_close(f);
    back_end->open(f);
}

void suite_start_over(struct fixture *f)
{
    struct cw_store_options options = f->options;
    fixture_finish(f);
    fixture_init(f);
    f->options = options;
    back_end->open(f);
}

int main(int argc, char **argv)
{
    static int (*const parts[])(const char *) = {
        suite_quota,       suite_accounts,   suite_sessions,  suite_groups,
        suite_roles,       suite_rights,     suite_admin,     suite_posting,
        suite_invitations, suite_mentions,   suite_messages,  suite_own,
        suite_retries,     suite_changes,    suite_history,   suite_search,
        suite_lists,       suite_batches,    suite_voice,     suite_clocks,
        suite_identity,    suite_share,      suite_files,     suite_pushes,
        suite_calls,       suite_departures, suite_factor,    suite_profiles,
        suite_links,       suite_bots,       suite_oversight, suite_administration,
    };
    int failed = 0;
    faulty_vfs_install();
    for (size_t i = 0; i < sizeof back_ends / sizeof back_ends[0]; i++) {
        back_end = &back_ends[i];
        if (argc > 1 && strcmp(argv[1], back_end->name) != 0)
            continue;
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++)
            failed += parts[j](back_end->name);
    }
    return failed == 0 ? 0 : 1;
}
