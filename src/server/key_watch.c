/* key_watch.c - see key_watch.h. */
#include "server/key_watch.h"

#include <stdio.h>
#include <string.h>

/* Clients learn the key in use while the one before it opens handshakes, too. */
static bool choose_next_key(struct cw_key_watch *watch)
{
    char next[CW_CURVE_KEY_TEXT] = "";
    if (watch->curve->old_key_opens)
        cw_curve_key_text(watch->curve->key.public_key, next);
    bool changed = strcmp(next, watch->next_key) != 0;
    memcpy(watch->next_key, next, sizeof next);
    return changed;
}

bool cw_key_watch_begin(struct cw_key_watch *watch, int64_t now_s, char error[256])
{
    if (!cw_curve_key_open(watch->folder, now_s, watch->curve, &watch->old_until_s, error))
        return false;
    choose_next_key(watch);
    return true;
}

/* While the file cannot be read, the old key ends in time, too. */
static void end_old_key(struct cw_key_watch *watch, int64_t now_s)
{
    if (!watch->curve->old_key_opens || now_s < watch->old_until_s)
        return;
    watch->curve->old_key_opens = false;
    cw_curve_key_wipe(&watch->curve->old_key);
}

static void say_fault(struct cw_key_watch *watch, const char *fault, bool asked, char *line)
{
    if (asked || strcmp(fault, watch->fault) != 0)
        snprintf(line, CW_KEY_LINE_MAX, "the key in use stays: %s", fault);
    snprintf(watch->fault, sizeof watch->fault, "%s", fault);
}

static void say_change(const struct cw_curve_server *now, const uint8_t before[CW_CURVE_KEY_N],
                       bool old_key_opened, char *line)
{
    char text[CW_CURVE_KEY_TEXT];
    cw_curve_key_text(now->key.public_key, text);
    if (memcmp(before, now->key.public_key, CW_CURVE_KEY_N) != 0)
        snprintf(line, CW_KEY_LINE_MAX,
                 "the public key is now %s; clients that know the one "
                 "before it %s",
                 text, now->old_key_opens ? "still connect, and learn it" : "are shut out");
    else if (old_key_opened && !now->old_key_opens)
        snprintf(line, CW_KEY_LINE_MAX,
                 "the change of the key is over: clients that do not know "
                 "%s are shut out",
                 text);
}

bool cw_key_watch_look(struct cw_key_watch *watch, int64_t now_s, bool asked,
                       char line[CW_KEY_LINE_MAX])
{
    char fault[256];
    uint8_t before[CW_CURVE_KEY_N];
    bool old_key_opened = watch->curve->old_key_opens;
    line[0] = 0;
    memcpy(before, watch->curve->key.public_key, sizeof before);
    bool good = cw_curve_key_read(watch->folder, now_s, watch->curve, &watch->old_until_s, fault);
    if (!good)
        end_old_key(watch, now_s);
    say_change(watch->curve, before, old_key_opened, line);
    if (good)
        watch->fault[0] = 0;
    else if (line[0] == 0)
        say_fault(watch, fault, asked, line);
    return choose_next_key(watch);
}
