/* test_cli_transfer.c - a transfer of a file: the ring of requests that wait, and when it is given
 * up. The rest of it is in test_command_files.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cli/transfer.h"

static void requests_wait_in_their_order(void **state)
{
    (void)state;
    struct transfer transfer = {.size = 1};
    for (int round = 0; round < 3; round++) {
        /* Negative numbers are requests that were not made: nothing is waited for. */
        for (int64_t i = 1; transfer_has_room(&transfer); i++)
            transfer_add(&transfer, -i);
        assert_int_equal(transfer.count, TRANSFER_WINDOW);
        for (int64_t i = 1; transfer.count != 0; i++) {
            assert_int_equal(transfer.waiting[transfer.first], -i);
            assert_int_equal(transfer_wait_first(&transfer, "upload_chunk", NULL),
                             TRANSFER_REFUSED);
        }
        transfer_add(&transfer, -1); /* the next round begins elsewhere in the ring */
        transfer_wait_first(&transfer, "upload_chunk", NULL);
    }
}

/* Only losses without a byte in between count, also when all bytes were answered before a loss. */
static void it_is_given_up_when_nothing_moves(void **state)
{
    (void)state;
    struct transfer transfer = {.size = 1000};
    for (uint64_t at = 1; at <= 20; at++) {
        transfer_show(&transfer, at);
        assert_int_equal(transfer_continue(&transfer, at), TRANSFER_DONE);
    }
    for (int i = 0; i < 4; i++)
        assert_int_equal(transfer_continue(&transfer, 20), TRANSFER_DONE);
    assert_int_equal(transfer_continue(&transfer, 20), TRANSFER_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_wait_in_their_order),
        cmocka_unit_test(it_is_given_up_when_nothing_moves),
    };
    return cmocka_run_group_tests_name("cli_transfer", tests, NULL, NULL);
}
