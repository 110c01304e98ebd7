/* test_refusals.c - which rule is told for a status of the store, where a transcript would need
 * thousands of users, or a store that fails. */
#include <stdio.h>
#include <string.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/reason.h"
#include "core/request.h"
#include "core/state.h"
#include "server/examine.h"

static const struct {
    enum cw_action action;
    enum cw_store_status status;
    const char *rule, *text;
} cases[] = {
    {CW_ADD_CONTACT, CW_STORE_FULL, "contacts_full",
     "you have 1,000 contacts, as many as one may: remove one first"},
    {CW_BLOCK, CW_STORE_FULL, "blocks_full",
     "you have blocked 1,000 people, as many as one may: unblock one first"},
    {CW_CREATE_GROUP, CW_STORE_FULL, "groups_full",
     "you are in 100 groups, as many as there may be: leave one first"},
    {CW_JOIN_GROUP, CW_STORE_FULL, "groups_full",
     "you are in 100 groups, as many as there may be: leave one first"},
    {CW_JOIN_GROUP, CW_STORE_GROUP_FULL, "group_full",
     "this group has 10,000 members, as many as there may be"},
    {CW_NOTIFY, CW_STORE_FULL, "notify_full",
     "you have set this for 1,000 conversations, as many as there may be: set one of them back to "
     "default"},
    {CW_PLACE_GROUP, CW_STORE_FULL, "headings_full",
     "there are 100 headings, as many as there may be: put the group under one of them"},
    {CW_SET_NEWCOMERS, CW_STORE_FULL, "newcomer_groups_full",
     "newcomers are put into 10 groups, as many as there may be: take one out first"},
    {CW_CREATE_BOT, CW_STORE_FULL, "bots_full",
     "you have 20 bots, as many as one may: delete one first"},
    {CW_ADD_BOT, CW_STORE_FULL, "bot_groups_full",
     "this bot is in 100 groups, as many as there may be"},
    {CW_CREATE_HOOK, CW_STORE_FULL, "hooks_full",
     "this group has 20 hooks, as many as there may be: remove one first"},
    {CW_WHISPER, CW_STORE_UNAVAILABLE, "disk_trouble",
     "the server cannot use its database now: repeat it in a while, or ask whoever runs the "
     "server"},
    {CW_WHISPER, CW_STORE_FORBIDDEN, NULL, NULL}, /* blocked: nobody is told */
};

/* An old store does not know who has banned. */
static int test_nobody_is_named(void)
{
    char text[CW_RULE_TEXT_MAX];
    struct cw_fault fault = {.rule = CW_RULE_BANNED};
    size_t n = cw_rule_text(&fault, 0, (struct cw_slice){0}, text);
    static const char expected[] =
        "somebody has banned you from this group: ask its owner or a moderator";
    bool same = n == sizeof expected - 1 && memcmp(text, expected, n) == 0;
    if (!same)
        fprintf(stderr, "test_refusals: %.*s\n", (int)n, text);
    return same ? 0 : 1;
}

static int test_case(size_t i)
{
    static struct cw_core core;
    struct request request = {.action = (uint8_t)cases[i].action};
    char text[CW_RULE_TEXT_MAX];
    struct cw_fault fault = cw_reason_of(&core, &request, cases[i].status);
    const char *rule = cw_rule_identifier(fault.rule);
    if (rule == NULL && cases[i].rule == NULL)
        return 0;
    size_t n = rule == NULL ? 0 : cw_rule_text(&fault, 0, (struct cw_slice){0}, text);
    if (rule != NULL && cases[i].rule != NULL && strcmp(rule, cases[i].rule) == 0 &&
        n == strlen(cases[i].text) && memcmp(text, cases[i].text, n) == 0)
        return 0;
    fprintf(stderr, "test_refusals: case %zu: %s: %.*s\n", i, rule == NULL ? "none" : rule, (int)n,
            text);
    return 1;
}

static int test_file_too_large(void)
{
    static uint8_t file[CW_OGG_OPUS_FILE_MAX + 1];
    struct cw_msg msg = {.action = CW_VOICE_MSG, .channels = 1};
    msg.samples.form = CW_SAMPLES_OGG;
    msg.samples.payload = cw_slice_of(file, sizeof file);
    if (cw_examine_recording(&msg, true) == CW_TOO_LARGE &&
        strcmp(cw_rule_identifier(msg.fault.rule), "file_too_large") == 0 &&
        msg.fault.limit == CW_OGG_OPUS_FILE_MAX)
        return 0;
    fprintf(stderr, "test_refusals: a file that is too large\n");
    return 1;
}

int main(void)
{
    int failed = test_nobody_is_named() + test_file_too_large();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += test_case(i);
    return failed == 0 ? 0 : 1;
}
