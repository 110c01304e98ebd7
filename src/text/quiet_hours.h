/* quiet_hours.h - the hours in which a user does not want to be told of anything: how they are
 * written, and whether it is such an hour.
 *
 * Pure. "22:00-07:00 +02:00": from and to, and how much the user's clock is ahead of UTC; or
 * "22:00-07:00 12345 +02:00" on the days that begin then, of which Monday is 1 and Sunday 7. From
 * and to are the same: the whole day. Behind that may stand the name of the user's time zone, and
 * when its offset will be another one: "22:00-07:00 +01:00 Europe/Berlin 29580540+02:00" (minutes
 * since 1970, UTC, and what it is from then on). No rule of a zone is known here: clients have the
 * tables. */
#ifndef CW_TEXT_QUIET_HOURS_H
#define CW_TEXT_QUIET_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define CW_ZONE_CHANGES_MAX 8 /* four years of summer times */
#define CW_ZONE_NAME_MAX    40
/* All of these behind "22:00-07:00 1234567 +02:00", without a zero at its end. */
#define CW_QUIET_HOURS_MAX (26 + 1 + CW_ZONE_NAME_MAX + CW_ZONE_CHANGES_MAX * 17)

struct cw_zone_change {
    uint32_t minute; /* since 1970, UTC */
    int16_t ahead;   /* from then on */
};

struct cw_quiet_hours {
    uint16_t from, to; /* minutes of a day */
    uint8_t days;      /* bit 0: those that begin on a Monday; 0: there are none at all */
    int16_t ahead;     /* of UTC, in minutes */
    uint8_t zone_n, change_count;
    char zone[CW_ZONE_NAME_MAX];                        /* zone_n bytes; 0: not told */
    struct cw_zone_change changes[CW_ZONE_CHANGES_MAX]; /* the earliest first */
};

/* False: it is not written so. */
bool cw_quiet_hours_read(struct cw_slice text, struct cw_quiet_hours *hours);
/* Writes them in the one way in which they are stored; returns the bytes, 0: there are none. */
size_t cw_quiet_hours_write(const struct cw_quiet_hours *hours, char text[CW_QUIET_HOURS_MAX]);
/* Is this time (UTC, ms since 1970) one of them? */
bool cw_quiet_hours_hold(const struct cw_quiet_hours *hours, uint64_t time_ms);

#endif
