/* What commands say for a shell, in the words of the terminal client; what people say stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/cli/chat_told.h"

static void test_words(void **state)
{
    static const char *const rows[][2] = {
        {"", ""},
        {"chinwag: ", ""},
        {"chinwag: there is no such group\n  check the spelling, or make it: chinwag group create "
         "NAME\n",
         "there is no such group\n  check the spelling, or make it: /group create NAME\n"},
        {"chinwag: no message\n  chinwag history @NAME|'#GROUP' shows the numbers",
         "no message\n  /history @NAME|#GROUP shows the numbers"},
        {"chinwag: taken\n  write to it: chinwag send '#NAME' TEXT",
         "taken\n  write to it: /msg #NAME TEXT"},
        {"usage: chinwag group mute NAME MEMBER MINUTES\n  more: chinwag help group mute",
         "usage: /group mute NAME MEMBER MINUTES\n  more: /help group mute"},
        /* done outside, or another thing here */
        {"chinwag: over\n  log in again: chinwag login alice",
         "over\n  log in again: chinwag login alice"},
        {"chinwag: chinwag groups, chinwag chats-and-more, chinwag chats",
         "chinwag groups, chinwag chats-and-more, /chats"},
        /* what people have written */
        {"[1] 12:00 bob: type chinwag history '#cooks'",
         "[1] 12:00 bob: type chinwag history '#cooks'"},
        {"chinwag: one\n[1] bob: x\n  chinwag history '#cooks'\n",
         "one\n[1] bob: x\n  chinwag history '#cooks'\n"},
        {"chinwag: it's '#x y' and '#", "it's '#x y' and '#"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *told = chat_told(rows[i][0]);
        assert_string_equal(told, rows[i][1]);
        free(told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
