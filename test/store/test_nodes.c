/* test_nodes.c - two stores on one PostgreSQL: what each tells the other, in which order, and what
 * their memories hold of it. That their answers are those of one store the twins show. Run by
 * tools/with_postgres. */
#include "nodes.h"

static void messages_come_in_order_and_once(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    told(&n->b);
    assert_int_equal(add_message(&n->a, alice, cw_mailbox_of_user(bob), "one"), 1);
    assert_int_equal(add_message(&n->b, bob, cw_mailbox_of_user(alice), "two"), 2);
    assert_int_equal(add_message(&n->a, alice, cw_mailbox_of_user(bob), "three"), 3);
    assert_string_equal(told(&n->b), "message 1 'one'; message 3 'three'; ");
    assert_string_equal(told(&n->a), "message 2 'two'; ");
    assert_string_equal(told(&n->b), "");
    assert_string_equal(database_ask("SELECT string_agg(seq::text, ' ' ORDER BY id) FROM"
                                     " chinwag.messages"),
                        "1 2 3");
}

/* A kick stands between the messages before and behind it, also of one commit. */
static void what_revokes_keeps_its_place(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    uint64_t group = add_group(&n->a, alice, "g"), mailbox = cw_mailbox_of_group(group);
    join_group(&n->a, bob, "g");
    told(&n->b);
    const struct cw_store_request requests[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = mailbox, .body = TEXT("1")},
        {.op = CW_STORE_MEMBER_KICK, .user_id = alice, .group_id = group, .other_id = bob},
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = mailbox, .body = TEXT("2")},
        {.op = CW_STORE_MEMBER_KICK, .user_id = alice, .group_id = group, .other_id = bob}};
    struct cw_store_result results[4];
    run_many(&n->a, requests, 4, results);
    assert_int_equal(results[1].status, CW_STORE_OK);
    assert_int_equal(results[3].status, CW_STORE_NOT_MEMBER); /* and is not told */
    add_message(&n->a, alice, mailbox, "3");
    assert_string_equal(told(&n->b),
                        "message 1 '1'; kicked alice bob; message 2 '2'; message 3 '3'; ");
    EXPECT(&n->b, CW_STORE_NOT_MEMBER, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob,
           .mailbox = mailbox, .body = TEXT("still here?"));
}

/* So much that it is read before the lock is taken, and by many questions at once: with what it
 * answers, whom it mentions, and the kick that stands in the middle. */
static void much_is_read_at_once(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    uint64_t group = add_group(&n->a, alice, "g"), mailbox = cw_mailbox_of_group(group);
    join_group(&n->a, bob, "g");
    add_message(&n->a, alice, mailbox, "first");
    told(&n->b);
    for (unsigned i = 0; i < 150; i++) {
        EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
               .mailbox = mailbox, .body = TEXT("to @all"), .calls_all = true, .reply_to = i % 2);
        if (i == 99)
            EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_MEMBER_KICK, .user_id = alice,
                   .group_id = group, .other_id = bob);
    }
    EXPECT(&n->b, CW_STORE_NOT_MEMBER, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob,
           .mailbox = mailbox, .body = TEXT("still here?"));
    struct cw_store_news_list *news = cw_store_take_news(n->b.store);
    assert_int_equal(news->count, 151);
    for (unsigned i = 0; i < 151; i++) {
        const struct cw_store_message *m = &news->items[i].message;
        unsigned which = i < 100 ? i : i - 1; /* of the texts */
        assert_int_equal(news->items[i].kind, i == 100 ? CW_NEWS_KICKED : CW_NEWS_MESSAGE);
        if (i == 100)
            continue;
        assert_int_equal(m->message_id, which + 2);
        assert_slice(m->sender, "alice");
        assert_slice(m->mailbox_name, "g");
        assert_slice(m->body, "to @all");
        assert_int_equal(m->quote != NULL, which % 2);
        if (m->quote != NULL)
            assert_slice(m->quote->text, "first");
        assert_true(m->mentions != NULL && m->mentions->all);
    }
    cw_store_news_destroy(news);
}

/* Long ago: not in the indexes in memory, so the database is asked where they are. */
static void old_texts_are_quoted_each_by_its_answer(void **state)
{
    struct nodes *n = *state;
    static const char *const old[] = {"old one", "old two", "old three"};
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    uint64_t carol = add_user(&n->a, "carol"), dave = add_user(&n->a, "dave");
    uint64_t group = add_group(&n->a, alice, "g"), mailbox = cw_mailbox_of_group(group);
    join_group(&n->a, bob, "g");
    for (unsigned i = 0; i < 3; i++) {
        add_message(&n->a, alice, mailbox, old[i]);
        add_message(&n->a, carol, cw_mailbox_of_user(dave), "of nobody else");
    }
    fixture_close(&n->b);
    fixture_close(&n->a);
    database_ask("INSERT INTO chinwag.history SELECT mailbox, seq, id FROM chinwag.messages;"
                 " UPDATE chinwag.progress SET inbox_to = 6"); /* as after many more of them */
    database_open(&n->a);
    database_open(&n->b);
    told(&n->b);
    for (unsigned i = 0; i < 3; i++)
        EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = i == 0 ? bob : alice,
               .mailbox = mailbox, .body = TEXT("to @all"), .calls_all = true, .reply_to = i + 1);
    cw_store_look(n->b.store);
    struct cw_store_news_list *news = cw_store_take_news(n->b.store);
    assert_non_null(news);
    assert_int_equal(news->count, 3);
    for (unsigned i = 0; i < 3; i++) {
        const struct cw_store_message *m = &news->items[i].message;
        assert_slice(m->body, "to @all");
        assert_non_null(m->quote);
        assert_slice(m->quote->text, old[i]);
        assert_int_equal(m->mentions != NULL && m->mentions->all, i != 0); /* bob may not */
    }
    cw_store_news_destroy(news);
}

/* The judgement of the one is in its memory when the other changes what it depends on. */
static void a_block_is_known_to_both(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    add_message(&n->b, bob, cw_mailbox_of_user(alice), "hello");
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    EXPECT(&n->b, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob,
           .mailbox = cw_mailbox_of_user(alice), .body = TEXT("hello?"));
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = alice, .other_id = bob);
    add_message(&n->b, bob, cw_mailbox_of_user(alice), "hello again");
}

static void a_session_is_taken_by_who_finds_it_last(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice");
    uint64_t session = add_session(&n->a, alice, "token", 1);
    told(&n->a), told(&n->b);
    for (int i = 0; i < 2; i++) {
        struct fixture *finder = i == 0 ? &n->b : &n->a, *other = i == 0 ? &n->a : &n->b;
        assert_int_equal(
            RUN(finder, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("token"))
                .session_id,
            session);
        assert_string_equal(told(other), "moved  ; ");
        assert_string_equal(told(finder), "");
    }
    /* A part takes it from nobody, nor who may not have it back. */
    EXPECT(&n->b, CW_STORE_OK, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"),
           .secret = TEXT("token"), .part = 1);
    EXPECT(&n->b, CW_STORE_OK, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"),
           .secret = TEXT("token"), .session_id = session);
    assert_string_equal(told(&n->a), "");
}

/* What the first owner has still to save says nothing about the session of the second one. */
static void a_late_save_sets_nothing_back(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice");
    uint64_t session = add_session(&n->a, alice, "token", 1);
    const struct cw_store_request find = {
        .op = CW_STORE_SESSION_FIND, .time_ms = 1, .key = TEXT("alice"), .secret = TEXT("token")};
    uint64_t at_a = run_one(&n->a, &find).generation;
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 3,
           .features = 1, .generation = at_a);
    uint64_t at_b = run_one(&n->b, &find).generation;
    assert_true(at_b > at_a);
    EXPECT(&n->b, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 7,
           .features = 2, .generation = at_b);
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 5,
           .features = 1, .generation = at_a);
    assert_string_equal(database_ask("SELECT cursor || ' ' || features FROM chinwag.sessions"),
                        "7 2");
    /* Its owner may set it back: a client that has lost what it had says so. */
    EXPECT(&n->b, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 2,
           .features = 2, .generation = at_b);
    assert_int_equal(run_one(&n->a, &find).cursor, 2);
}

/* Somebody who was away for long reads by pages. */
static void too_many_are_a_gap(void **state)
{
    struct nodes *n = *state;
    enum { MANY = 1100, BATCH = 100 };
    uint64_t alice = add_user(&n->a, "alice");
    struct cw_store_request requests[BATCH];
    struct cw_store_result results[BATCH];
    told(&n->b);
    for (int i = 0; i < BATCH; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .user_id = alice,
                                                .mailbox = cw_mailbox_of_user(alice),
                                                .body = TEXT("x")};
    for (int i = 0; i < MANY / BATCH; i++)
        run_many(&n->a, requests, BATCH, results);
    cw_store_look(n->b.store);
    struct cw_store_news_list *news = cw_store_take_news(n->b.store);
    assert_non_null(news);
    assert_int_equal(news->count, 1025);
    assert_int_equal(news->items[0].message_id, 1);
    assert_int_equal(news->items[1023].message_id, 1024);
    assert_int_equal(news->items[1024].kind, CW_NEWS_GAP);
    assert_int_equal(news->items[1024].message_id, MANY);
    cw_store_news_destroy(news);
    assert_int_equal(add_message(&n->b, alice, cw_mailbox_of_user(alice), "next"), MANY + 1);
}

/* What a connection loses in the middle is read again, and told once. */
static void a_lost_connection_doubles_nothing(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice");
    told(&n->b);
    add_message(&n->a, alice, cw_mailbox_of_user(alice), "one");
    database_ask("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname ="
                 " current_database() AND pid <> pg_backend_pid()");
    assert_string_equal(told(&n->b), "message 1 'one'; ");
    assert_string_equal(told(&n->b), "");
    add_message(&n->a, alice, cw_mailbox_of_user(alice), "two");
    assert_string_equal(told(&n->b), "message 2 'two'; ");
}

/* Nothing of it is told until all of it is read: here the user who reacts, behind a message. */
static void a_look_that_fails_is_made_anew(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    add_message(&n->a, alice, cw_mailbox_of_user(bob), "before");
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice,
           .other_id = add_user(&n->a, "carol"));
    told(&n->b);
    add_message(&n->a, bob, cw_mailbox_of_user(bob), "one");
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_REACT, .user_id = alice,
           .conversation = cw_conversation_of(cw_mailbox_of_user(bob), alice), .seq = 1,
           .body = TEXT("\U0001f44d"));
    database_ask("ALTER TABLE chinwag.blocks RENAME TO kept;"
                 "CREATE FUNCTION chinwag.stop() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE"
                 " EXCEPTION 'not now' USING ERRCODE = '25006'; END$$;"
                 "CREATE VIEW chinwag.blocks AS SELECT * FROM chinwag.kept WHERE chinwag.stop()");
    assert_string_equal(told(&n->b), "");
    database_ask("DROP VIEW chinwag.blocks; ALTER TABLE chinwag.kept RENAME TO blocks");
    assert_string_equal(told(&n->b), "message 2 'one'; reacted alice bob; ");
    assert_int_equal(add_message(&n->b, bob, cw_mailbox_of_user(bob), "two"), 3);
}

/* Long voice messages of a pause would otherwise all be in memory at once. */
static void large_messages_are_a_gap(void **state)
{
    enum { SIZE = 60000, MANY = 200 };
    struct nodes *n = *state;
    static char text[SIZE];
    memset(text, 'x', sizeof text);
    uint64_t alice = add_user(&n->a, "alice");
    told(&n->b);
    for (int i = 0; i < MANY; i++)
        EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
               .mailbox = cw_mailbox_of_user(alice), .body = cw_slice_of(text, sizeof text));
    cw_store_look(n->b.store);
    struct cw_store_news_list *news = cw_store_take_news(n->b.store);
    assert_non_null(news);
    assert_int_equal(news->count, 141); /* 140 of them are 8 MiB */
    assert_int_equal(news->items[140].kind, CW_NEWS_GAP);
    assert_int_equal(news->items[140].message_id, MANY);
    cw_store_news_destroy(news);
}

/* Others count what users have stored, too, whatever else the commit tells. */
static void what_goes_beside_other_news_is_told(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), mailbox = cw_mailbox_of_user(alice);
    struct cw_store_options options = n->a.options;
    options.retain.count = 1;
    cw_store_set_options(n->a.store, &options);
    add_message(&n->a, alice, mailbox, "one");
    told(&n->b);
    const struct cw_store_request requests[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = mailbox, .body = TEXT("two")},
        {.op = CW_STORE_GROUP_CREATE, .user_id = alice, .name = TEXT("g"), .key = TEXT("g")}};
    struct cw_store_result results[2];
    run_many(&n->a, requests, 2, results);
    assert_string_equal(told(&n->b), "message 2 'two'; joined alice ; changed  ; ");
}

/* Also where no other server writes messages; and when there is no room, later, without harm to
 * what is asked next. */
static void old_news_go(void **state)
{
    struct nodes *n = *state;
    fixture_close(&n->b);
    add_group(&n->a, add_user(&n->a, "alice"), "g");
    fixture_close(&n->a);
    database_ask("UPDATE chinwag.log SET news = 200000");
    database_open(&n->a);
    database_open(&n->b);
    join_group(&n->a, add_user(&n->a, "bob"), "g");
    assert_string_equal(database_ask("SELECT count(*) FROM chinwag.news WHERE id < 100"), "1");
    database_fill(&n->a, true);
    run_idle(&n->a);
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    database_fill(&n->a, false);
    run_idle(&n->a);
    assert_string_equal(database_ask("SELECT min(id) > 200000 FROM chinwag.news"), "t");
    assert_string_equal(told(&n->b), "joined bob ; ");
}

/* Where the name is out already, who looks later tells of nobody, but not without a name. */
static void names_of_who_has_gone_go(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    add_group(&n->a, alice, "g");
    join_group(&n->a, bob, "g");
    uint64_t session = add_session(&n->a, bob, "token", 1);
    told(&n->b);
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = bob,
           .session_id = session);
    run_idle(&n->a);
    const char *named = "SELECT convert_from(body, 'UTF8') FROM chinwag.news WHERE kind = 'named'";
    assert_string_equal(database_ask(named), "bob");
    fixture_close(&n->a);
    database_open(&n->a);
    assert_true(cw_store_tick(n->a.store));
    run_idle(&n->a);
    assert_false(cw_store_tick(n->a.store));
    assert_string_equal(database_ask(named), "");
    assert_string_equal(told(&n->b), "named deleted/2 ; left deleted/2 ; all ended deleted/2 ;"
                                     " deleted deleted/2 ; ");
}

/* An owner and the one before, whoever has asked for it. */
static void an_operator_who_hands_a_group_over_gets_no_role(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    uint64_t group = add_group(&n->a, alice, "g");
    join_group(&n->a, bob, "g");
    told(&n->b);
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = alice, .group_id = group,
           .other_id = bob, .role = CW_ROLE_OWNER);
    assert_string_equal(told(&n->b), "role alice bob; role alice alice; ");
    EXPECT_AT(&n->a, CW_STORE_OK, UINT64_C(1) << 40, .op = CW_STORE_GROUP_TAKE, .key = TEXT("g"),
              .other_id = alice, .body = TEXT("user 1"));
    assert_string_equal(told(&n->b), "role  alice; role  bob; ");
}

/* Rows that were removed before it read them: it cannot know what they said. */
static void who_has_missed_news_ends(void **state)
{
    struct nodes *n = *state;
    add_group(&n->a, add_user(&n->a, "alice"), "g");
    database_ask("DELETE FROM chinwag.news");
    EXPECT(&n->b, CW_STORE_FAILED, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    assert_non_null(strstr(cw_store_failure(n->b.store), "start it again"));
}

/* A standby that lagged behind has taken over: what was told here is not there. */
static void who_knows_more_than_the_database_ends(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice");
    add_message(&n->a, alice, cw_mailbox_of_user(alice), "lost");
    assert_string_equal(told(&n->b), "message 1 'lost'; ");
    database_ask("DELETE FROM chinwag.messages; UPDATE chinwag.log SET newest = 0");
    EXPECT(&n->b, CW_STORE_FAILED, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    assert_non_null(strstr(cw_store_failure(n->b.store), "has lost what it had committed"));
}

/* Files whose rows it has not committed yet are not removed, and its era goes on. */
static void who_is_without_a_connection_is_not_forgotten(void **state)
{
    struct nodes *n = *state;
    fixture_close(&n->b);
    database_ask("UPDATE chinwag.node_leases SET lease = clock_timestamp() + interval '1 day'"
                 " WHERE id = 2");
    fixture_close(&n->a);
    database_open(&n->a);
    assert_string_equal(database_ask("SELECT count(*) FROM chinwag.eras"), "1");
    fixture_close(&n->a);
    database_ask("UPDATE chinwag.node_leases SET lease = '-infinity' WHERE id = 2");
    database_open(&n->a);
    assert_string_equal(database_ask("SELECT count(*) FROM chinwag.eras"), "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_come_in_order_and_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_revokes_keeps_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(much_is_read_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_texts_are_quoted_each_by_its_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_block_is_known_to_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_is_taken_by_who_finds_it_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_late_save_sets_nothing_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_are_a_gap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_connection_doubles_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_look_that_fails_is_made_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_messages_are_a_gap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_goes_beside_other_news_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_news_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_of_who_has_gone_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_operator_who_hands_a_group_over_gets_no_role, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_has_missed_news_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_knows_more_than_the_database_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_without_a_connection_is_not_forgotten, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("nodes", tests, NULL, NULL);
}
