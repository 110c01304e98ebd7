/* http_play.h - a site of two pages, and requests that are played into the framer of HTTP: for its
 * tests. */
#ifndef CW_TEST_UNIT_HTTP_PLAY_H
#define CW_TEST_UNIT_HTTP_PLAY_H

#include "base/limits.h"
#include "frame/http.h"
#include "framer_play.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: chat.example.org\r\n"

extern unsigned asked;
extern char asked_for[CW_HTTP_HEAD_MAX];
extern const struct cw_http_site site;
extern const struct cw_http_site *played_site;

#define HELLO                                                                                      \
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\nAccept-Ranges: bytes\r\n" \
    "Vary: Accept-Encoding\r\nETag: \"v1\"\r\nCache-Control: no-cache\r\nX-Site: "                 \
    "toy\r\n\r\nhello, world"

#define TEXT(status, length, more, sentence)                                                       \
    "HTTP/1.1 " status "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " length    \
    "\r\n" more "Cache-Control: no-cache\r\nX-Site: toy\r\n\r\n" sentence "\n"
#define NOT_FOUND                         TEXT("404 Not Found", "13", "", "no such page")
#define CLOSING(status, length, sentence) TEXT(status "\r\nConnection: close", length, "", sentence)

struct run {
    struct cw_framer *framer;
    struct cw_buf out, events;
};

void start_http(struct run *run);
void stop_http(struct run *run);
void feed_http(struct run *run, struct cw_slice bytes);

/* The first piece has `first` octets, the others at most `rest`. */
void play(struct cw_slice in, size_t first, size_t rest, const char *events, const char *out);

/* Cut in two at every place, octet by octet, and in small pieces: the same. */
void expect_http(const char *request, const char *events, const char *out);

/* Asserts an answer after which the connection stays open. */
void expect_answer(const char *request, const char *out);

/* Asserts a refusal: this status, this reason for the peer and for the log, and the end of the
 * connection. */
void expect_refusal(const char *request, const char *status, const char *reason);

#define BAD_REQUEST "400 Bad Request"

#endif
