/* test_store_request.c - the copy of a request that is handed to another thread. */
#include "support.h"

#include <stdlib.h>

#include "store/store_request.h"

static void a_copy_is_whole(void **state)
{
    (void)state;
    char name[] = "n", key[] = "ke", secret[] = "sec", client[] = "clie", body[] = "body!";
    char blob[] = "blob!!", active[] = "active!";
    struct cw_store_request request = {.op = CW_STORE_SESSION_CREATE,
                                       .cookie = 1,
                                       .features = 2,
                                       .name = TEXT(name),
                                       .key = TEXT(key),
                                       .secret = TEXT(secret),
                                       .client = TEXT(client),
                                       .body = TEXT(body),
                                       .blob = TEXT(blob),
                                       .active = TEXT(active)};
    struct cw_store_request *copy = cw_store_request_copy(NULL, &request);
    name[0] = key[0] = secret[0] = client[0] = body[0] = blob[0] = active[0] = 'X';
    assert_int_equal(copy->op, CW_STORE_SESSION_CREATE);
    assert_int_equal(copy->cookie, 1);
    assert_int_equal(copy->features, 2);
    assert_slice(copy->name, "n");
    assert_slice(copy->key, "ke");
    assert_slice(copy->secret, "sec");
    assert_slice(copy->client, "clie");
    assert_slice(copy->body, "body!");
    assert_slice(copy->blob, "blob!!");
    assert_slice(copy->active, "active!");
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_copy_is_whole)};
    return cmocka_run_group_tests_name("store request", tests, NULL, NULL);
}
