/* test_store_links.c - the rules of store.h about links to files and thumbnails, over every back
 * end. */
#include "store/file.h"
#include "suite.h"

#define BYTES(text) cw_slice_of(text, sizeof text - 1)
#define PICTURE     "\xff\xd8\xff\xc0\0\x11\x08\0\xf0\x01\x40 soup"
#define SMALL       "\xff\xd8\xff\xc0\0\x11\x08\0\x0f\0\x14"
#define END_MS      300000

/* An upload of these bytes that has not ended. */
static struct cw_store_file begun(struct fixture *f, uint64_t user_id, struct cw_slice bytes)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_FILE_BEGIN, .user_id = user_id,
                                   .size = bytes.n, .name = TEXT("soup.jpg"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_WRITE, .file_id = r.file.id, .body = bytes);
    return r.file;
}

static struct cw_store_result end(struct fixture *f, const struct cw_store_file *file,
                                  struct cw_slice bytes)
{
    uint8_t sha256[CW_SHA256_N];
    cw_file_hash(bytes, sha256);
    struct cw_slice secret = cw_slice_of(sha256, sizeof sha256);
    struct cw_store_result hashed =
        RUN(f, .op = CW_STORE_FILE_HASH, .file_id = file->id, .size = bytes.n, .secret = secret);
    assert_int_equal(hashed.status, CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_DONE, .user_id = file->user_id, .file_id = file->id,
           .generation = file->generation, .secret = secret, .type = hashed.file.type,
           .width = hashed.file.width, .height = hashed.file.height);
    return hashed;
}

static uint64_t sent(struct fixture *f, uint64_t user_id, uint64_t mailbox, struct cw_slice bytes)
{
    struct cw_store_file file = begun(f, user_id, bytes);
    end(f, &file, bytes);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
           .file_id = file.id, .body = TEXT("look"));
    return file.id;
}

/* A link of a session, and its signature. */
struct link {
    uint64_t user_id, session_id, file_id, generation;
    uint8_t mac[CW_FILE_LINK_MAC_N];
};

static enum cw_store_status sign(struct fixture *f, struct link *link)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_FILE_LINK, .user_id = link->user_id, .session_id = link->session_id,
            .file_id = link->file_id, .generation = link->generation, .name = TEXT("a link"));
    if (r.status == CW_STORE_OK) {
        assert_int_equal(r.secret.n, CW_FILE_LINK_MAC_N);
        memcpy(link->mac, r.secret.p, CW_FILE_LINK_MAC_N);
    }
    return r.status;
}

static enum cw_store_status use(struct fixture *f, const struct link *link, uint64_t now_ms)
{
    struct cw_store_request request = {.op = CW_STORE_FILE_LINKED,
                                       .time_ms = now_ms,
                                       .user_id = link->user_id,
                                       .session_id = link->session_id,
                                       .file_id = link->file_id,
                                       .generation = link->generation,
                                       .until_ms = END_MS,
                                       .name = TEXT("a link"),
                                       .secret = cw_slice_of(link->mac, CW_FILE_LINK_MAC_N)};
    struct cw_store_result r = run_one(f, &request);
    if (r.status == CW_STORE_OK) {
        assert_int_equal(r.user_id, link->user_id);
        assert_int_equal(r.file.id, link->file_id);
        assert_slice(r.file.name, "soup.jpg");
    }
    return r.status;
}

static void a_link_is_good_until_its_end(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t of_bob = add_session(f, bob, "token b", 1), of_carol = add_session(f, carol, "c", 1);
    uint64_t id = sent(f, alice, cw_mailbox_of_user(bob), TEXT("soup"));
    struct link link = {.user_id = bob, .session_id = of_bob, .file_id = id};
    struct link others[] = {{.user_id = carol, .session_id = of_carol, .file_id = id},
                            {.user_id = bob, .session_id = of_carol, .file_id = id},
                            {.user_id = bob, .session_id = of_bob, .file_id = id + 1},
                            {.user_id = bob, .session_id = of_bob, .file_id = id, .generation = 1}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(sign(f, &others[i]), CW_STORE_NOT_FOUND);
    assert_int_equal(sign(f, &link), CW_STORE_OK);
    suite_reopen(f); /* the key is stored */
    assert_int_equal(use(f, &link, END_MS - 1), CW_STORE_OK);
    assert_int_equal(use(f, &link, END_MS), CW_STORE_NOT_FOUND);
    for (size_t i = 0; i < CW_FILE_LINK_MAC_N; i++) {
        link.mac[i] ^= 1;
        assert_int_equal(use(f, &link, 1), CW_STORE_NOT_FOUND);
        link.mac[i] ^= 1;
    }
    assert_int_equal(use(f, &link, 1), CW_STORE_OK);
}

static void it_is_judged_at_each_use(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, bob, "token", 1), again = add_session(f, bob, "token 2", 1);
    uint64_t group = add_group(f, alice, "cooks");
    join_group(f, bob, "cooks");
    struct link in_group = {.user_id = bob, .session_id = session}, in_pair = in_group;
    in_group.file_id = sent(f, alice, cw_mailbox_of_group(group), TEXT("soup"));
    in_pair.file_id = sent(f, alice, cw_mailbox_of_user(bob), TEXT("salt"));
    assert_int_equal(sign(f, &in_group), CW_STORE_OK);
    assert_int_equal(sign(f, &in_pair), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_KICK, .user_id = alice, .group_id = group,
           .other_id = bob);
    assert_int_equal(use(f, &in_group, 1), CW_STORE_NOT_FOUND);
    assert_int_equal(use(f, &in_pair, 1), CW_STORE_OK);
    RUN(f, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    assert_int_equal(use(f, &in_pair, 1), CW_STORE_NOT_FOUND);
    RUN(f, .op = CW_STORE_UNBLOCK, .user_id = alice, .other_id = bob);
    assert_int_equal(use(f, &in_pair, 1), CW_STORE_OK);
    struct link by_other = in_pair;
    by_other.session_id = again;
    assert_int_equal(sign(f, &by_other), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_DROP, .session_id = session);
    assert_int_equal(use(f, &in_pair, 1), CW_STORE_NOT_FOUND);
    assert_int_equal(use(f, &by_other, 1), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice,
           .conversation = cw_conversation_of_pair(alice, bob), .seq = 1);
    assert_int_equal(use(f, &by_other, 1), CW_STORE_NOT_FOUND);
}

static void an_upload_has_one_writer_by_links_too(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), session = add_session(f, alice, "token", 1);
    struct cw_store_file file = begun(f, alice, TEXT("soup"));
    struct link link = {alice, session, file.id, file.generation, {0}}, later = link;
    later.generation = file.generation + 1;
    assert_int_equal(sign(f, &link), CW_STORE_OK);
    assert_int_equal(sign(f, &later), CW_STORE_NOT_FOUND);
    file = RUN(f, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = file.id).file;
    assert_int_equal(use(f, &link, 1), CW_STORE_NOT_FOUND);
    assert_int_equal(sign(f, &later), CW_STORE_OK);
    assert_int_equal(use(f, &later, 1), CW_STORE_OK);
    end(f, &file, TEXT("soup"));
    assert_int_equal(use(f, &later, 1), CW_STORE_NOT_FOUND);
}

/* --- pictures ------------------------------------------------------------------------ */

static void a_picture_has_its_size_unless_it_is_huge(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    static const char bomb[] = "\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff";
    sent(f, alice, cw_mailbox_of_user(bob), BYTES(PICTURE));
    sent(f, alice, cw_mailbox_of_user(bob), BYTES(bomb));
    suite_reopen(f);
    struct cw_store_result page = read_inbox(f, bob, 0);
    assert_slice(page.messages[0].file_type, "image/jpeg");
    assert_int_equal(page.messages[0].file_width, 320);
    assert_int_equal(page.messages[0].file_height, 240);
    assert_slice(page.messages[1].file_type, "application/octet-stream");
    assert_int_equal(page.messages[1].file_width + page.messages[1].file_height, 0);
}

static struct cw_store_result thumbnail(struct fixture *f, uint64_t user_id, uint64_t id)
{
    return RUN(f, .op = CW_STORE_THUMBNAIL_FIND, .user_id = user_id, .file_id = id);
}

static void a_thumbnail_goes_with_its_file(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    struct cw_store_file file = begun(f, alice, BYTES(PICTURE));
    struct cw_store_request set = {.op = CW_STORE_THUMBNAIL_SET,
                                   .time_ms = 1,
                                   .user_id = alice,
                                   .file_id = file.id,
                                   .body = BYTES(PICTURE "x"),
                                   .type = TEXT("image/webp")};
    assert_int_equal(run_one(f, &set).status, CW_STORE_MISMATCH);
    set.body = BYTES(PICTURE);
    assert_int_equal(run_one(f, &set).status, CW_STORE_OK);
    set.body = BYTES(SMALL);
    set.type = TEXT("image/jpeg");
    assert_int_equal(run_one(f, &set).status, CW_STORE_OK);
    end(f, &file, BYTES(PICTURE));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(bob), .file_id = file.id, .body = TEXT("look"));
    assert_int_equal(run_one(f, &set).status, CW_STORE_NOT_FOUND); /* sent: it stays as it is */
    suite_reopen(f);
    struct cw_store_result r = thumbnail(f, bob, file.id);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(cw_slice_eq(r.body, BYTES(SMALL)));
    assert_slice(r.file.type, "image/jpeg");
    assert_int_equal(r.file.size, sizeof SMALL - 1);
    assert_int_equal(read_inbox(f, bob, 0).messages[0].file_thumbnail, sizeof SMALL - 1);
    assert_int_equal(thumbnail(f, carol, file.id).status, CW_STORE_NOT_FOUND);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice,
           .conversation = cw_conversation_of_pair(alice, bob), .seq = 1);
    assert_int_equal(thumbnail(f, bob, file.id).status, CW_STORE_NOT_FOUND);
}

static void files_of_one_content_have_thumbnails_of_their_own(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = sent(f, bob, cw_mailbox_of_user(alice), BYTES(PICTURE));
    struct cw_store_file file = begun(f, alice, BYTES(PICTURE));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_THUMBNAIL_SET, .user_id = alice, .file_id = file.id,
           .body = BYTES(SMALL), .type = TEXT("image/jpeg"));
    end(f, &file, BYTES(PICTURE));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(bob), .file_id = file.id, .body = TEXT("look"));
    assert_int_equal(thumbnail(f, alice, first).status, CW_STORE_NOT_FOUND);
    assert_int_equal(thumbnail(f, bob, file.id).status, CW_STORE_OK);
}

int suite_links(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_link_is_good_until_its_end),
        T(it_is_judged_at_each_use),
        T(an_upload_has_one_writer_by_links_too),
        T(a_picture_has_its_size_unless_it_is_huge),
        T(a_thumbnail_goes_with_its_file),
        T(files_of_one_content_have_thumbnails_of_their_own),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
