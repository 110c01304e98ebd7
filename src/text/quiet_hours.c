/* quiet_hours.c - see quiet_hours.h. Called by the core when they are set, and for each message of
 * a user who has some; by the command for what is typed. */
#include "text/quiet_hours.h"

#include <string.h>

#define HOUR      60
#define DAY       (24 * HOUR)
#define EVERY_DAY 0x7f
#define AHEAD_MAX (14 * HOUR) /* the farthest zone, both ways */

static bool take_byte(struct cw_slice *text, char wanted)
{
    if (text->n == 0 || text->p[0] != (uint8_t)wanted)
        return false;
    *text = cw_slice_of(text->p + 1, text->n - 1);
    return true;
}

static bool take_two_digits(struct cw_slice *text, int below, int *value)
{
    if (text->n < 2 || text->p[0] < '0' || text->p[0] > '9' || text->p[1] < '0' || text->p[1] > '9')
        return false;
    *value = (text->p[0] - '0') * 10 + (text->p[1] - '0');
    *text = cw_slice_of(text->p + 2, text->n - 2);
    return *value < below;
}

static bool take_minutes(struct cw_slice *text, int *minutes)
{
    int hour = 0, minute = 0;
    bool good = take_two_digits(text, 24, &hour) && take_byte(text, ':') &&
                take_two_digits(text, HOUR, &minute);
    *minutes = hour * HOUR + minute;
    return good;
}

/* Days in their order, each once, and the blank behind them; without any it is every day. */
static bool take_days(struct cw_slice *text, uint8_t *days)
{
    *days = 0;
    while (text->n != 0 && text->p[0] >= '1' && text->p[0] <= '7') {
        uint8_t day = (uint8_t)(1u << (text->p[0] - '1'));
        if (*days >= day)
            return false;
        *days |= day;
        *text = cw_slice_of(text->p + 1, text->n - 1);
    }
    if (*days != 0)
        return take_byte(text, ' ');
    *days = EVERY_DAY;
    return true;
}

static bool take_ahead(struct cw_slice *text, int16_t *ahead)
{
    int minutes;
    bool west = text->n != 0 && text->p[0] == '-';
    if (!take_byte(text, west ? '-' : '+') || !take_minutes(text, &minutes) || minutes > AHEAD_MAX)
        return false;
    *ahead = (int16_t)(west ? -minutes : minutes);
    return true;
}

/* --- the zone --- */

static bool is_of_zone(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '+' || c == '-';
}

/* "Europe/Berlin": it begins with a letter, unlike a change. */
static bool take_zone(struct cw_slice *text, struct cw_quiet_hours *hours)
{
    size_t n = 0;
    while (n < text->n && n < CW_ZONE_NAME_MAX && is_of_zone(text->p[n]))
        n++;
    if (n == 0 || text->p[0] < 'A')
        return false;
    memcpy(hours->zone, text->p, n);
    hours->zone_n = (uint8_t)n;
    *text = cw_slice_of(text->p + n, text->n - n);
    return true;
}

static bool take_change(struct cw_slice *text, struct cw_quiet_hours *hours)
{
    uint64_t minute = 0;
    if (hours->change_count == CW_ZONE_CHANGES_MAX)
        return false;
    while (text->n != 0 && text->p[0] >= '0' && text->p[0] <= '9' && minute <= UINT32_MAX) {
        minute = minute * 10 + (uint64_t)(text->p[0] - '0');
        *text = cw_slice_of(text->p + 1, text->n - 1);
    }
    struct cw_zone_change *change = &hours->changes[hours->change_count];
    uint64_t after = hours->change_count == 0 ? 0 : change[-1].minute;
    change->minute = (uint32_t)minute;
    hours->change_count++;
    return minute > after && minute <= UINT32_MAX && take_ahead(text, &change->ahead);
}

static bool take_zone_and_changes(struct cw_slice *text, struct cw_quiet_hours *hours)
{
    hours->zone_n = hours->change_count = 0;
    if (text->n == 0)
        return true;
    bool good = take_byte(text, ' ') && take_zone(text, hours);
    while (good && text->n != 0)
        good = take_byte(text, ' ') && take_change(text, hours);
    return good;
}

bool cw_quiet_hours_read(struct cw_slice text, struct cw_quiet_hours *hours)
{
    int from, to;
    if (!take_minutes(&text, &from) || !take_byte(&text, '-') || !take_minutes(&text, &to) ||
        !take_byte(&text, ' ') || !take_days(&text, &hours->days) ||
        !take_ahead(&text, &hours->ahead) || !take_zone_and_changes(&text, hours))
        return false;
    hours->from = (uint16_t)from;
    hours->to = (uint16_t)to;
    return text.n == 0;
}

/* --- writing ---------------------------------------------------------------------------- */

static char *put_minutes(char *at, int minutes)
{
    const int numbers[2] = {minutes / HOUR, minutes % HOUR};
    for (int i = 0; i < 2; i++) {
        *at++ = (char)('0' + numbers[i] / 10);
        *at++ = (char)('0' + numbers[i] % 10);
        if (i == 0)
            *at++ = ':';
    }
    return at;
}

static char *put_ahead(char *at, int ahead)
{
    *at++ = ahead < 0 ? '-' : '+';
    return put_minutes(at, ahead < 0 ? -ahead : ahead);
}

/* " 29580540+02:00" */
static char *put_change(char *at, const struct cw_zone_change *change)
{
    char digits[10];
    int n = 0;
    for (uint32_t minute = change->minute; minute != 0 || n == 0; minute /= 10)
        digits[n++] = (char)('0' + minute % 10);
    *at++ = ' ';
    while (n > 0)
        *at++ = digits[--n];
    return put_ahead(at, change->ahead);
}

size_t cw_quiet_hours_write(const struct cw_quiet_hours *hours, char text[CW_QUIET_HOURS_MAX])
{
    char *at = text;
    if (hours->days == 0)
        return 0;
    at = put_minutes(at, hours->from);
    *at++ = '-';
    at = put_minutes(at, hours->to);
    *at++ = ' ';
    for (int day = 0; day < 7 && hours->days != EVERY_DAY; day++)
        if ((hours->days >> day & 1) != 0)
            *at++ = (char)('1' + day);
    if (hours->days != EVERY_DAY)
        *at++ = ' ';
    at = put_ahead(at, hours->ahead);
    if (hours->zone_n != 0)
        *at++ = ' ';
    memcpy(at, hours->zone, hours->zone_n);
    at += hours->zone_n;
    for (int i = 0; i < hours->change_count; i++)
        at = put_change(at, &hours->changes[i]);
    return (size_t)(at - text);
}

/* --- is it one of them? ----------------------------------------------------------------- */

static int ahead_at(const struct cw_quiet_hours *hours, uint64_t minute)
{
    int ahead = hours->ahead;
    for (int i = 0; i < hours->change_count && hours->changes[i].minute <= minute; i++)
        ahead = hours->changes[i].ahead;
    return ahead;
}

bool cw_quiet_hours_hold(const struct cw_quiet_hours *hours, uint64_t time_ms)
{
    int64_t minutes = (int64_t)(time_ms / 60000) + ahead_at(hours, time_ms / 60000);
    if (hours->days == 0 || minutes < DAY)
        return false;
    int now = (int)(minutes % DAY);
    int weekday = (int)((minutes / DAY + 3) % 7); /* 1970 began on a Thursday */
    bool over_night = hours->from >= hours->to;
    bool begun_today = now >= hours->from && (over_night || now < hours->to);
    bool begun_yesterday = over_night && now < hours->to;
    return (begun_today && (hours->days >> weekday & 1) != 0) ||
           (begun_yesterday && (hours->days >> (weekday + 6) % 7 & 1) != 0);
}
