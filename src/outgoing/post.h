/* post.h - posts one body to a URL that somebody else has chosen, over HTTP/1.1: the one client of
 * HTTP that the programs have. It looks the name up once, connects only to what was judged
 * (address.h), follows no redirect, knows no proxy, waits for 5 s and reads 4 KiB of the answer.
 *
 * Not for pages or files. Callers: the command's hooks (cli/hook_post.c) and push messages
 * (server/push_sender.c). A client belongs to one thread, which it blocks. */
#ifndef CW_OUTGOING_POST_H
#define CW_OUTGOING_POST_H

#include "base/slice.h"

/* One attempt, with the look-up. */
#define CW_OUTGOING_MS 5000

struct cw_outgoing_rules {
    bool allow_http;                /* without TLS, too */
    bool allow_private;             /* address.h */
    bool (*stopped)(void *context); /* asked twice a second: gives up; NULL: never */
    void *context;
};

enum cw_outgoing_result {
    CW_OUTGOING_ANSWERED,
    CW_OUTGOING_FAILED,
    CW_OUTGOING_REFUSED, /* by the rules; `why` says for what */
    CW_OUTGOING_STOPPED
};

struct cw_outgoing_answer {
    int status;      /* 200 and above */
    int64_t wait_ms; /* as long it asks to be left alone; 0: it does not. At most an hour */
    char why[400];   /* a few words, when there is no answer */
};

struct cw_outgoing;

/* NULL: no memory, or OpenSSL cannot read the system's certificates. Those are its own
 * (SSL_CERT_FILE names others). */
struct cw_outgoing *cw_outgoing_create(const struct cw_outgoing_rules *rules);
void cw_outgoing_destroy(struct cw_outgoing *client);

enum cw_outgoing_fault {
    CW_OUTGOING_GOOD,
    CW_OUTGOING_NO_URL,
    CW_OUTGOING_NOT_ENCRYPTED,
    CW_OUTGOING_NOT_THERE /* one of the addresses is refused; `why` says it */
};

/* Is this a URL that the rules allow now? It looks the name up; one without an address may have one
 * later, and is good. */
enum cw_outgoing_fault cw_outgoing_judge(const struct cw_outgoing *client, struct cw_slice url,
                                         char *why, size_t size);

/* `headers`: lines, each with its CR LF. The connection is kept for the next call with the same
 * place, as long as the server keeps it. */
enum cw_outgoing_result cw_outgoing_post(struct cw_outgoing *client, struct cw_slice url,
                                         const char *headers, struct cw_slice body,
                                         struct cw_outgoing_answer *answer);

#endif
