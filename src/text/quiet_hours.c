/* quiet_hours.c - see quiet_hours.h. Called by the core when they are set, and for each message of
 * a user who has some; by the command for what is typed. */
#include "text/quiet_hours.h"

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

bool cw_quiet_hours_read(struct cw_slice text, struct cw_quiet_hours *hours)
{
    int from, to;
    if (!take_minutes(&text, &from) || !take_byte(&text, '-') || !take_minutes(&text, &to) ||
        !take_byte(&text, ' ') || !take_days(&text, &hours->days) ||
        !take_ahead(&text, &hours->ahead))
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
    *at++ = hours->ahead < 0 ? '-' : '+';
    at = put_minutes(at, hours->ahead < 0 ? -hours->ahead : hours->ahead);
    return (size_t)(at - text);
}

/* --- is it one of them? ----------------------------------------------------------------- */

bool cw_quiet_hours_hold(const struct cw_quiet_hours *hours, uint64_t time_ms)
{
    int64_t minutes = (int64_t)(time_ms / 60000) + hours->ahead;
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
