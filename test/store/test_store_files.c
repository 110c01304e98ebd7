/* test_store_files.c - the rules of store.h about files and uploads, over every back end. */
#include "store/file.h"
#include "suite.h"

#define DAY (UINT64_C(24) * 3600 * 1000)

static struct cw_store_result begin(struct fixture *f, uint64_t user_id, uint64_t size)
{
    return RUN(f, .op = CW_STORE_FILE_BEGIN, .user_id = user_id, .size = size,
               .name = TEXT("soup.jpg"));
}

static enum cw_store_status write_at(struct fixture *f, uint64_t id, uint64_t offset,
                                     const char *bytes)
{
    return RUN(f, .op = CW_STORE_FILE_WRITE, .file_id = id, .offset = offset, .body = TEXT(bytes))
        .status;
}

static struct cw_slice hash_of(const char *bytes, uint8_t sha256[CW_SHA256_N])
{
    cw_file_hash(TEXT(bytes), sha256);
    return cw_slice_of(sha256, CW_SHA256_N);
}

/* A complete upload of these bytes. */
static uint64_t upload(struct fixture *f, uint64_t user_id, const char *bytes)
{
    uint8_t sha256[CW_SHA256_N];
    struct cw_slice secret = hash_of(bytes, sha256);
    struct cw_store_result r = begin(f, user_id, strlen(bytes));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(write_at(f, r.file.id, 0, bytes), CW_STORE_OK);
    struct cw_store_result hashed = RUN(f, .op = CW_STORE_FILE_HASH, .file_id = r.file.id,
                                        .size = strlen(bytes), .secret = secret);
    assert_int_equal(hashed.status, CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_DONE, .user_id = user_id, .file_id = r.file.id,
           .generation = r.file.generation, .secret = secret, .type = hashed.file.type);
    return r.file.id;
}

static struct cw_store_result send_file(struct fixture *f, uint64_t user_id, uint64_t mailbox,
                                        uint64_t id)
{
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
               .file_id = id, .body = TEXT("look"));
}

static struct cw_store_result find(struct fixture *f, uint64_t user_id, uint64_t id)
{
    return RUN(f, .op = CW_STORE_FILE_FIND, .user_id = user_id, .file_id = id);
}

static struct cw_slice read_all(struct fixture *f, const struct cw_store_file *file)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_FILE_READ, .file_id = file->content, .limit = (uint32_t)file->size);
    assert_int_equal(r.status, CW_STORE_OK);
    return r.body;
}

static void bytes_come_in_order_and_stay(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t id = begin(f, alice, 8).file.id;
    assert_int_equal(write_at(f, id, 4, "soup"), CW_STORE_MISMATCH);
    assert_int_equal(write_at(f, id, 0, "soup"), CW_STORE_OK);
    assert_int_equal(write_at(f, id, 0, "soup"), CW_STORE_MISMATCH);
    suite_reopen(f);
    struct cw_store_result r = RUN(f, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = id);
    assert_int_equal(r.file.offset, 4);
    assert_int_equal(r.file.size, 8);
    assert_int_equal(r.file.generation, 2);
    assert_int_equal(write_at(f, id, 4, "bowl"), CW_STORE_OK);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_RESUME, .user_id = alice + 1, .file_id = id);
}

static struct cw_store_result begin_numbered(struct fixture *f, uint64_t session_id, uint64_t part,
                                             uint64_t n, const char *name)
{
    return RUN(f, .op = CW_STORE_FILE_BEGIN, .user_id = 1, .session_id = session_id, .part = part,
               .n = n, .size = 8, .name = TEXT(name));
}

/* An answer that was lost costs none of the user's places. */
static void an_upload_begun_twice_with_a_number_is_one(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(add_user(f, "alice"), 1);
    struct cw_store_result first = begin_numbered(f, 5, 3, UINT64_MAX, "soup.jpg");
    assert_int_equal(first.file.generation, 1);
    assert_int_equal(write_at(f, first.file.id, 0, "soup"), CW_STORE_OK);
    suite_reopen(f);
    for (uint64_t i = 2; i < 8; i++) {
        struct cw_store_result again = begin_numbered(f, 5, 3, UINT64_MAX, "soup.jpg");
        assert_int_equal(again.status, CW_STORE_OK);
        assert_int_equal(again.file.id, first.file.id);
        assert_int_equal(again.file.generation, i);
        assert_int_equal(again.file.offset, 4);
    }
    assert_int_equal(begin_numbered(f, 5, 3, UINT64_MAX, "stew.jpg").status, CW_STORE_CONFLICT);
    /* Another's number, and none. */
    assert_int_not_equal(begin_numbered(f, 6, 3, UINT64_MAX, "soup.jpg").file.id, first.file.id);
    assert_int_not_equal(begin_numbered(f, 5, 4, UINT64_MAX, "soup.jpg").file.id, first.file.id);
    assert_int_not_equal(begin_numbered(f, 5, 3, 0, "soup.jpg").file.id, first.file.id);
    assert_int_equal(begin_numbered(f, 5, 3, 0, "soup.jpg").status, CW_STORE_FULL);
    assert_int_equal(begin_numbered(f, 5, 3, UINT64_MAX, "soup.jpg").file.id, first.file.id);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_DROP, .user_id = 1, .file_id = first.file.id);
    assert_int_equal(begin_numbered(f, 5, 3, UINT64_MAX, "stew.jpg").file.generation, 1);
}

static void a_hash_that_lies_is_noticed(void **state)
{
    struct fixture *f = *state;
    uint8_t sha256[CW_SHA256_N];
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t id = begin(f, alice, 4).file.id;
    write_at(f, id, 0, "soup");
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_FILE_HASH, .file_id = id, .size = 4,
           .secret = hash_of("Soup", sha256));
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_FILE_HASH, .file_id = id, .size = 5,
           .secret = hash_of("soup", sha256));
    assert_int_equal(send_file(f, alice, cw_mailbox_of_user(bob), id).status, CW_STORE_NO_FILE);
    /* Another writer has it. */
    RUN(f, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = id);
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_FILE_DONE, .user_id = alice, .file_id = id,
           .generation = 1, .secret = hash_of("soup", sha256), .type = TEXT("a/b"));
}

static void a_file_is_read_by_who_reads_its_message(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t id = upload(f, alice, "\xff\xd8\xff soup");
    assert_int_equal(find(f, alice, id).status, CW_STORE_NOT_FOUND); /* not sent yet */
    struct cw_store_result sent = send_file(f, alice, cw_mailbox_of_user(bob), id);
    assert_int_equal(sent.status, CW_STORE_OK);
    assert_int_equal(sent.file_sent->id, id);
    assert_int_equal(send_file(f, alice, cw_mailbox_of_user(bob), id).status, CW_STORE_NO_FILE);
    suite_reopen(f);
    struct cw_store_result r = find(f, bob, id);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_slice(r.file.name, "soup.jpg");
    assert_slice(r.file.type, "image/jpeg");
    assert_slice(read_all(f, &r.file), "\xff\xd8\xff soup");
    struct cw_store_result page = read_inbox(f, bob, 0);
    assert_int_equal(page.messages[0].file_id, id);
    assert_int_equal(page.messages[0].file_size, 8);
    assert_slice(page.messages[0].file_name, "soup.jpg");
    assert_slice(page.messages[0].body, "look");
    assert_int_equal(find(f, carol, id).status, CW_STORE_NOT_FOUND);
    RUN(f, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    assert_int_equal(find(f, bob, id).status, CW_STORE_NOT_FOUND);
    assert_int_equal(find(f, alice, id).status, CW_STORE_OK);
}

static void who_leaves_a_group_reads_its_files_no_more(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t group = add_group(f, alice, "cooks");
    join_group(f, bob, "cooks");
    uint64_t id = upload(f, alice, "soup");
    send_file(f, alice, cw_mailbox_of_group(group), id);
    assert_int_equal(find(f, bob, id).status, CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_KICK, .user_id = alice, .group_id = group,
           .other_id = bob);
    assert_int_equal(find(f, bob, id).status, CW_STORE_NOT_FOUND);
}

static void a_file_goes_with_its_message(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    uint64_t id = upload(f, alice, "soup"), same = upload(f, bob, "soup");
    send_file(f, alice, cw_mailbox_of_user(bob), id);
    send_file(f, bob, cw_mailbox_of_user(alice), same);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = pair,
           .seq = 1);
    run_idle(f);
    assert_int_equal(find(f, bob, id).status, CW_STORE_NOT_FOUND);
    struct cw_store_result r = find(f, alice, same);
    assert_int_equal(r.status, CW_STORE_OK); /* the bytes are one, the files two */
    assert_slice(read_all(f, &r.file), "soup");
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = alice, .conversation = pair, .limit = 9);
    assert_int_equal(r.messages[0].file_id, 0);
    assert_int_equal(r.messages[1].file_id, same);
}

static void a_file_goes_with_retention(void **state)
{
    struct fixture *f = *state;
    f->options.retain.days = 1;
    suite_start_over(f);
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t id = upload(f, alice, "soup");
    send_file(f, alice, cw_mailbox_of_user(bob), id);
    EXPECT_AT(f, CW_STORE_OK, 2 * DAY, .op = CW_STORE_FILE_FIND, .user_id = bob, .file_id = id);
    run_idle(f);
    assert_int_equal(find(f, bob, id).status, CW_STORE_NOT_FOUND);
}

static void four_uploads_and_the_quota_limit_a_user(void **state)
{
    struct fixture *f = *state;
    f->options.quota = 1000;
    f->options.uploads = 1500;
    suite_start_over(f);
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    assert_int_equal(begin(f, alice, 1001).status, CW_STORE_OVER_QUOTA);
    assert_int_equal(begin(f, alice, UINT64_C(1) << 63).status, CW_STORE_OVER_QUOTA);
    uint64_t id = begin(f, alice, 900).file.id;
    assert_int_equal(begin(f, alice, 101).status, CW_STORE_OVER_QUOTA);
    assert_int_equal(begin(f, bob, 700).status, CW_STORE_UNAVAILABLE); /* of all together */
    EXPECT(f, CW_STORE_OVER_QUOTA, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(bob), .body = TEXT("soup"));
    for (int i = 0; i < 3; i++)
        assert_int_equal(begin(f, alice, 1).status, CW_STORE_OK);
    assert_int_equal(begin(f, alice, 1).status, CW_STORE_FULL);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_DROP, .user_id = bob, .file_id = id);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_DROP, .user_id = alice, .file_id = id);
    assert_int_equal(begin(f, alice, 900).status, CW_STORE_OK);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = id);
}

static void an_upload_that_is_not_sent_goes_after_a_day(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t id = begin(f, alice, 4).file.id, done = upload(f, alice, "soup");
    EXPECT_AT(f, CW_STORE_OK, DAY, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = id);
    run_idle(f);
    EXPECT_AT(f, CW_STORE_OK, DAY + 2, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = id);
    run_idle(f);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = id);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = done);
}

static void a_retry_of_a_message_with_a_file_is_stored_once(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1), id = upload(f, alice, "soup");
    struct cw_store_request request = {.op = CW_STORE_MESSAGE_APPEND,
                                       .time_ms = 1,
                                       .user_id = alice,
                                       .session_id = session,
                                       .n = 1,
                                       .mailbox = cw_mailbox_of_user(bob),
                                       .file_id = id,
                                       .body = TEXT("look")};
    struct cw_store_result first = run_one(f, &request), again = run_one(f, &request);
    assert_int_equal(first.status, CW_STORE_OK);
    assert_int_equal(again.status, CW_STORE_OK);
    assert_true(again.repeated);
    assert_int_equal(again.message_id, first.message_id);
    request.file_id = 0;
    assert_int_equal(run_one(f, &request).status, CW_STORE_CONFLICT);
}

static void types_come_from_the_first_bytes(void **state)
{
    (void)state;
    static const char *const types[][2] = {
        {"\x89PNG\r\n\x1a\n....", "image/png"},
        {"\xff\xd8\xff\xe0", "image/jpeg"},
        {"GIF89a...", "image/gif"},
        {"GIF88a...", "application/octet-stream"},
        {"RIFF....WEBPVP8 ", "image/webp"},
        {"RIFF....WAVEfmt ", "application/octet-stream"},
        {"OggS....", "audio/ogg"},
        {"<html>", "application/octet-stream"},
        {"<svg xmlns", "application/octet-stream"},
        {"", "application/octet-stream"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        assert_string_equal(cw_file_type(TEXT(types[i][0])), types[i][1]);
}

int suite_files(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(bytes_come_in_order_and_stay),
        T(an_upload_begun_twice_with_a_number_is_one),
        T(a_hash_that_lies_is_noticed),
        T(a_file_is_read_by_who_reads_its_message),
        T(who_leaves_a_group_reads_its_files_no_more),
        T(a_file_goes_with_its_message),
        T(a_file_goes_with_retention),
        T(four_uploads_and_the_quota_limit_a_user),
        T(an_upload_that_is_not_sent_goes_after_a_day),
        T(a_retry_of_a_message_with_a_file_is_stored_once),
        T(types_come_from_the_first_bytes),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
