/* profile_text.h - what people say of themselves: which display names, statuses and time zones are
 * taken.
 *
 * Pure. A display name is not unique, and is always shown as "Display (name)", with the name that
 * is: so it may look like anybody's name, but has no character that makes the form unclear. */
#ifndef CW_TEXT_PROFILE_TEXT_H
#define CW_TEXT_PROFILE_TEXT_H

#include <stdbool.h>

#include "base/rule.h"
#include "base/slice.h"

/* The rule for which the display name is refused; CW_RULE_NONE: it is good. How long it may be is
 * for the caller to check. */
enum cw_rule cw_display_fault(struct cw_slice display);

/* Is the text one line, with nothing in it that hides or turns what is around it? */
bool cw_status_is_good(struct cw_slice status);

/* Is it a name as of the IANA time zone database, or an offset: +02:00, -0330, Z? Not whether
 * there is such a zone: the database differs between machines. */
bool cw_zone_is_good(struct cw_slice zone);

#endif
