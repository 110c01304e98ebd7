/* client_events.h - the queue of events, and their memory. What an event points to is copied here,
 * because the frame that it came in is freed by then. Used by client_core.c alone. */
#ifndef CW_CLIENT_CLIENT_EVENTS_H
#define CW_CLIENT_CLIENT_EVENTS_H

#include "base/alloc.h"
#include "chinwag/chinwag.h"
#include "wire/msg.h"

/* A zeroed struct is empty. */
struct cw_client_events {
    struct chinwag_event *items;
    size_t first;
    size_t count; /* waiting, from `first` on */
    size_t capacity;
    size_t spare;              /* room that is kept for answers: cw_client_events_reserve */
    struct chinwag_event lost; /* where one goes that has no room */
    bool missed;               /* an update had no room since the last cw_client_events_spoil */
    struct cw_arena arena;
};

/* From here on there is room for so many answers and reports, whatever updates come. False: there
 * is no memory for it, and nothing has changed. */
bool cw_client_events_reserve(struct cw_client_events *events, size_t spare);

/* Memory was missing: takes back the updates behind the first `count` events, and empties the
 * others behind them of what they point to; answers say so by their code. True: an update was taken
 * back, or had found no room. */
bool cw_client_events_spoil(struct cw_client_events *events, size_t count);

/* Adds an event; the caller fills it in before the next call. */
struct chinwag_event *cw_client_events_add(struct cw_client_events *events,
                                           enum chinwag_event_type type);

/* A copy that ends in a zero and lives as long as the event. */
const char *cw_client_events_copy(struct cw_client_events *events, struct cw_slice s);

/* Adds the answer to a request; `code` is one of the server or of this library. */
struct chinwag_event *cw_client_events_add_answer(struct cw_client_events *events, int64_t request,
                                                  enum cw_action action, int code);

/* Adds the answer to a request with the content of the server's response. */
void cw_client_events_add_response(struct cw_client_events *events, int64_t request,
                                   enum cw_action action, const struct cw_msg *msg);

/* The text for people of a reason of session_ended. */
const char *cw_client_ended_text(struct cw_slice reason);

/* Adds the event of an update that was decoded; `me` is the receiving user. */
void cw_client_events_add_update(struct cw_client_events *events, const struct cw_msg *msg,
                                 struct cw_slice me);

/* Adds the event of an announcement that stood at the login. */
void cw_client_events_add_announcement(struct cw_client_events *events,
                                       const struct cw_entry *entry);

/* Takes the oldest event; false: there is none. */
bool cw_client_events_pop(struct cw_client_events *events, struct chinwag_event *event);

/* Takes the answer to this request out of its turn; false: it is not there. */
bool cw_client_events_take_answer(struct cw_client_events *events, int64_t request,
                                  struct chinwag_event *event);
bool cw_client_events_have_answer(const struct cw_client_events *events, int64_t request);

/* Frees what popped events point to. Call it only when the queue is empty. */
void cw_client_events_reset(struct cw_client_events *events);

void cw_client_events_finish(struct cw_client_events *events);

/* Does the map have this key? */
static inline bool cw_client_has_extra(const struct cw_msg *msg, enum cw_extra_index index)
{
    return (msg->extras.present >> index & 1) != 0;
}

#endif
