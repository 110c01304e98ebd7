/* administer.c - a program of libchinwag that administers a server: it logs in and makes every
 * request about the server once. It prints a line for each answer: action, code, how many entries,
 * and what else came. For test_administer.py.
 *
 *   administer SERVER NAME PASSWORD */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "chinwag/chinwag.h"

#define PATIENCE_MS 60000

/* What the requests have learned from answers before them. */
struct learned {
    uint64_t announcement, invitation, report;
    char link[128], head[128];
};

static void learn(struct learned *learned, const struct chinwag_event *event)
{
    uint64_t id = event->entry_count != 0 ? event->entries[0].id : event->id;
    if (strcmp(event->action, "announce") == 0)
        learned->announcement = id;
    else if (strcmp(event->action, "server_invitations") == 0)
        learned->invitation = id;
    else if (strcmp(event->action, "reports") == 0)
        learned->report = id;
    if (event->link != NULL)
        snprintf(learned->link, sizeof learned->link, "%s", event->link);
    if (event->head != NULL)
        snprintf(learned->head, sizeof learned->head, "%s", event->head);
}

/* Waits for the answer. False: none came. */
static bool answered(chinwag_client *client, struct learned *learned, int64_t request)
{
    struct chinwag_event event;
    while (chinwag_poll(client, PATIENCE_MS, &event)) {
        if (event.type == CHINWAG_DISCONNECTED)
            return false;
        if (event.type != CHINWAG_RESPONSE || event.request != request)
            continue;
        learn(learned, &event);
        printf("%s %d %zu", event.action, event.code, event.entry_count);
        if (event.entry_count != 0 && event.entries[0].name != NULL)
            printf(" %s", event.entries[0].name);
        if (strcmp(event.action, "set_password") == 0)
            printf(" %s", event.username);
        printf("\n");
        return true;
    }
    return false;
}

#define ASK(request)                                                                               \
    if (!answered(client, learned, request))                                                       \
    return false

static bool about_users(chinwag_client *client, struct learned *learned)
{
    ASK(chinwag_users(client, "bob", NULL));
    ASK(chinwag_end_sessions(client, "bob"));
    ASK(chinwag_ban_from_server(client, "@bob", 60, "spam"));
    ASK(chinwag_server_bans(client, NULL));
    ASK(chinwag_take_group(client, "cooks", "alice"));
    ASK(chinwag_unban_from_server(client, "@bob"));
    ASK(chinwag_report(client, "#cooks", 1, "spam"));
    ASK(chinwag_reports(client, NULL));
    ASK(chinwag_resolve_report(client, learned->report));
    ASK(chinwag_reset_password(client, "bob", true));
    ASK(chinwag_set_password(client, learned->link, "battery staple"));
    ASK(chinwag_rename_user(client, "bob", "robert"));
    ASK(chinwag_remove_user(client, "robert", true));
    return true;
}

static bool about_the_server(chinwag_client *client, struct learned *learned)
{
    const struct chinwag_page first = {.limit = 1};
    ASK(chinwag_server_groups(client, &first));
    ASK(chinwag_close_group(client, "cooks"));
    ASK(chinwag_invite(client, NULL, 0, 0));
    ASK(chinwag_server_invitations(client, NULL));
    ASK(chinwag_end_invitation(client, learned->invitation));
    ASK(chinwag_announce(client, "Soup!", 5, 60));
    ASK(chinwag_announcements(client));
    ASK(chinwag_end_announcement(client, learned->announcement));
    ASK(chinwag_server_status(client));
    ASK(chinwag_server_settings(client, "texts_per_s"));
    ASK(chinwag_set_setting(client, "texts_per_s", "7"));
    ASK(chinwag_set_setting(client, "texts_per_s", "many"));
    ASK(chinwag_audit(client, &first));
    ASK(chinwag_verify_audit(client, NULL));
    ASK(chinwag_verify_audit(client, learned->head));
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    const struct chinwag_options options = {.server = argv[1]};
    struct learned learned = {0};
    chinwag_client *client = chinwag_create(&options);
    bool good = client != NULL &&
                answered(client, &learned, chinwag_login(client, argv[2], argv[3])) &&
                about_users(client, &learned) && about_the_server(client, &learned);
    chinwag_destroy(client);
    return good ? 0 : 1;
}
