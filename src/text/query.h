/* query.h - what a search asks for: words, and filters between them.
 *
 * Pure. The server reads queries, so that all clients have the same filters: from:NAME,
 * in:@NAME or in:#GROUP, before:DATE, after:DATE, has:file, has:voice, has:link. What stands in
 * quotation marks is words. docs/protocol.md, "search". */
#ifndef CW_TEXT_QUERY_H
#define CW_TEXT_QUERY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/rule.h"
#include "base/slice.h"

/* What a message can have: bits. */
enum { CW_HAS_FILE = 1, CW_HAS_VOICE = 2, CW_HAS_LINK = 4 };

struct cw_query {
    struct cw_slice from;        /* a user's name; empty: anybody's */
    struct cw_slice in;          /* a conversation, as requests name it; empty: all */
    uint64_t from_ms, before_ms; /* UTC: not before the one, before the other; 0: no limit */
    unsigned has;                /* all of these */
};

/* Reads the text: the filters into *query, whose slices point into it, and the rest, as it stands,
 * into *words. Returns the rule for which a filter is refused, or CW_RULE_NONE. */
enum cw_rule cw_query_read(struct cw_slice text, struct cw_query *query, struct cw_buf *words);

/* Is there the address of a page in the text? */
bool cw_text_has_link(struct cw_slice text);

#endif
