/* suite.h - the common suite of the back ends: its parts, and what they stand on. */
#ifndef CW_TEST_STORE_SUITE_H
#define CW_TEST_STORE_SUITE_H

#include "support.h"

/* Opens and closes a new store of the back end that is being tested. */
int suite_set_up(void **state);
int suite_tear_down(void **state);

/* As if the disk were full. */
void suite_set_full(struct fixture *f, bool full);

/* Closes and opens the store; what forgets everything when closed stays open. */
void suite_reopen(struct fixture *f);

/* Makes a new store with such options of the fixture's, in which nothing is yet. */
void suite_start_over(struct fixture *f);

/* The parts of the suite; each returns how many tests failed. */
int suite_accounts(const char *back_end_name);
int suite_admin(const char *back_end_name);
int suite_administration(const char *back_end_name);
int suite_oversight(const char *back_end_name);
int suite_batches(const char *back_end_name);
int suite_calls(const char *back_end_name);
int suite_bots(const char *back_end_name);
int suite_changes(const char *back_end_name);
int suite_clocks(const char *back_end_name);
int suite_departures(const char *back_end_name);
int suite_factor(const char *back_end_name);
int suite_files(const char *back_end_name);
int suite_links(const char *back_end_name);
int suite_groups(const char *back_end_name);
int suite_history(const char *back_end_name);
int suite_identity(const char *back_end_name);
int suite_invitations(const char *back_end_name);
int suite_lists(const char *back_end_name);
int suite_mentions(const char *back_end_name);
int suite_messages(const char *back_end_name);
int suite_pushes(const char *back_end_name);
int suite_quota(const char *back_end_name);
int suite_own(const char *back_end_name);
int suite_profiles(const char *back_end_name);
int suite_posting(const char *back_end_name);
int suite_retries(const char *back_end_name);
int suite_rights(const char *back_end_name);
int suite_roles(const char *back_end_name);
int suite_search(const char *back_end_name);
int suite_sessions(const char *back_end_name);
int suite_share(const char *back_end_name);
int suite_voice(const char *back_end_name);

#define T(name) cmocka_unit_test_setup_teardown(name, suite_set_up, suite_tear_down)

#endif
