/* test_lister.c - pages for who cannot read Ogg Opus: what becomes a list, what stays,
 * and where a page ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../trace/opus_files.h"
#include "audio/ogg_opus_write.h"
#include "base/account.h"
#include "server/lister.h"
#include "wire/msg.h"

#define MESSAGES 8

struct page {
    struct cw_store_request request;
    struct cw_store_result result;
    struct cw_store_message messages[MESSAGES];
    struct cw_buf bodies[MESSAGES];
    struct cw_arena lists;
};

static struct page make_page(void)
{
    return (struct page){.request = {.op = CW_STORE_INBOX_READ, .lists = true},
                         .result = {.op = CW_STORE_INBOX_READ, .scanned_to = 99}};
}

static struct cw_store_message *add(struct page *page, struct cw_slice body, bool voice)
{
    size_t i = page->result.message_count++;
    page->messages[i] = (struct cw_store_message){
        .message_id = 10 + i, .voice = voice, .channels = voice, .body = body};
    return &page->messages[i];
}

static void add_text(struct page *page)
{
    add(page, cw_slice_str("\xc7 looks like an ext"), false);
}

static void add_file(struct page *page, struct cw_slice file, unsigned channels)
{
    struct cw_buf *body = &page->bodies[page->result.message_count];
    cw_samples_encode_ext(CW_SAMPLES_OGG, file, body);
    add(page, cw_buf_slice(body), true)->channels = channels;
}

static void add_silence(struct page *page, unsigned channels, unsigned packets)
{
    struct opus_file made = {.channels = channels, .packets = packets};
    struct cw_buf file = {0};
    opus_file_write(&made, &file);
    add_file(page, cw_buf_slice(&file), channels);
    cw_buf_finish(&file);
}

/* A minute, of which each sample takes three bytes in a list. */
static void add_noise(struct page *page)
{
    struct cw_ogg_writer *writer = cw_ogg_writer_create(48000, 1, 1);
    static int16_t pcm[48000];
    uint32_t random = 1;
    for (int i = 0; i < 60; i++) {
        for (int j = 0; j < 48000; j++) {
            random = random * 1664525u + 1013904223u;
            pcm[j] = (int16_t)(random >> 17);
        }
        cw_ogg_writer_push(writer, pcm, 48000);
    }
    cw_ogg_writer_finish(writer);
    add_file(page, cw_buf_slice(cw_ogg_writer_output(writer)), 1);
    cw_ogg_writer_destroy(writer);
}

static bool needed(struct page *page)
{
    page->result.messages = page->messages;
    return cw_lister_needed(&page->request, &page->result);
}

static void run(struct page *page)
{
    assert_true(needed(page));
    cw_lister_run(&page->result, &page->lists);
}

static void finish(struct page *page)
{
    for (size_t i = 0; i < MESSAGES; i++)
        cw_buf_finish(&page->bodies[i]);
    cw_arena_finish(&page->lists);
}

static void assert_list(const struct cw_store_message *message, uint32_t count)
{
    struct cw_samples samples;
    assert_true(cw_samples_scan(message->body, &samples));
    assert_int_equal(samples.encoded.n, message->body.n);
    assert_int_equal(samples.count, count);
    assert_int_equal(message->sample_rate, 48000);
}

static void only_files_for_those_who_need_lists(void **state)
{
    struct page page = make_page();
    (void)state;
    assert_false(needed(&page));
    add_text(&page);
    add(&page, cw_slice_of("\x92\1\2", 3), true);
    assert_false(needed(&page));
    add_silence(&page, 1, 1);
    assert_true(needed(&page));
    page.request.lists = false;
    assert_false(needed(&page));
    page.request.lists = true;
    page.result.status = CW_STORE_UNAVAILABLE;
    assert_false(needed(&page));
    finish(&page);
}

static void files_become_lists_in_their_places(void **state)
{
    struct page page = make_page();
    (void)state;
    add_text(&page);
    add_silence(&page, 1, 3);
    add(&page, cw_slice_of("\x92\1\2", 3), true);
    add_silence(&page, 2, 5);
    add_text(&page);
    run(&page);
    assert_int_equal(page.result.message_count, 5);
    assert_int_equal(page.result.scanned_to, 99);
    assert_false(page.result.more);
    assert_list(&page.messages[1], 3 * 960);
    assert_list(&page.messages[3], 2 * 5 * 960);
    assert_memory_equal(page.messages[2].body.p, "\x92\1\2", 3);
    assert_int_equal(page.messages[4].body.p[0], 0xc7);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(page.messages[i].message_id, 10 + i);
    finish(&page);
}

static void what_is_damaged_is_empty(void **state)
{
    struct page page = make_page();
    (void)state;
    add_silence(&page, 1, 3);
    page.bodies[0].p[60] ^= 1;
    add(&page, cw_slice_of("\xc9\0", 2), true); /* shorter than its own head */
    add_silence(&page, 1, 2);
    run(&page);
    assert_int_equal(page.result.message_count, 3);
    assert_memory_equal(page.messages[0].body.p, "\x90", 1);
    assert_int_equal(page.messages[0].body.n, 1);
    assert_int_equal(page.messages[1].body.n, 1);
    assert_list(&page.messages[2], 2 * 960);
    finish(&page);
}

static void a_page_ends_when_its_recordings_have_grown(void **state)
{
    struct page page = make_page();
    (void)state;
    for (int i = 0; i < 2; i++)
        add_noise(&page);
    add_text(&page);
    add_noise(&page);
    run(&page);
    /* Two have 8.6 MB each: the second goes beyond 16 MiB. */
    assert_int_equal(page.result.message_count, 2);
    assert_int_equal(page.result.scanned_to, 11);
    assert_true(page.result.more);
    assert_list(&page.messages[1], 60 * 48000);
    finish(&page);
}

/* The scratch size is known before: as much as the lists and the longest recording take, and not
 * much more. */
static void what_it_needs_is_known_before(void **state)
{
    struct page page = make_page();
    (void)state;
    page.result.messages = page.messages;
    assert_int_equal(cw_lister_scratch(&page.result), 0);
    add_text(&page);
    add_silence(&page, 2, 5);
    page.messages[1].duration_ms = 100;
    add_silence(&page, 1, 3);
    page.messages[2].duration_ms = 60;
    size_t lists = 5 + 3 * 101 * 48 * 2 + 5 + 3 * 61 * 48;
    assert_int_equal(cw_lister_scratch(&page.result),
                     cw_account_size(2 * 101 * 48 * 2) + cw_account_size(lists));
    run(&page);
    assert_true(page.messages[1].body.n + page.messages[2].body.n < lists);
    for (int i = 3; i < MESSAGES; i++) /* of unknown length: no more than a page may be */
        add_silence(&page, 1, 1);
    assert_true(cw_lister_scratch(&page.result) <=
                cw_account_size(CW_RECORDING_PCM_BYTES) +
                    cw_account_size(CW_PAGE_LISTS_BYTES_MAX + CW_VOICE_LIST_MAX));
    finish(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_files_for_those_who_need_lists),
        cmocka_unit_test(files_become_lists_in_their_places),
        cmocka_unit_test(what_is_damaged_is_empty),
        cmocka_unit_test(a_page_ends_when_its_recordings_have_grown),
        cmocka_unit_test(what_it_needs_is_known_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
