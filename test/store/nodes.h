/* nodes.h - two stores on one PostgreSQL, and what each is told of the other. test_nodes.c and
 * test_nodes_told.c use it. */
#ifndef CW_TEST_STORE_NODES_H
#define CW_TEST_STORE_NODES_H

#include <stdio.h>
#include <stdlib.h>

#include "databases.h"
#include "store/store_news.h"

struct nodes {
    struct fixture a, b; /* `b` has the folder of `a` */
};

static int set_up(void **state)
{
    struct nodes *n = cw_alloc_zero(sizeof *n);
    fixture_init(&n->a);
    database_open(&n->a);
    n->b.options = n->a.options;
    n->b.options.node = 2;
    snprintf(n->b.folder, sizeof n->b.folder, "%s", n->a.folder);
    database_open(&n->b);
    *state = n;
    return 0;
}

static int tear_down(void **state)
{
    struct nodes *n = *state;
    fixture_close(&n->b);
    cw_arena_finish(&n->b.arena);
    fixture_close(&n->a);
    database_drop(&n->a);
    fixture_finish(&n->a);
    free(n);
    return 0;
}

static size_t put(char *text, size_t size, const struct cw_store_news *news)
{
    if (news->kind == CW_NEWS_MESSAGE)
        return (size_t)snprintf(text, size, "message %llu '%.*s'; ",
                                (unsigned long long)news->message_id, (int)news->message.body.n,
                                (const char *)news->message.body.p);
    if (news->kind == CW_NEWS_GAP)
        return (size_t)snprintf(text, size, "gap to %llu; ", (unsigned long long)news->message_id);
    return (size_t)snprintf(text, size, "%s %.*s %.*s; ", cw_news_name(news->kind),
                            (int)news->user_name.n, (const char *)news->user_name.p,
                            (int)news->other_name.n, (const char *)news->other_name.p);
}

/* All that has come since the last time, in one line. */
static const char *told(struct fixture *f)
{
    static char text[8192];
    size_t at = 0;
    cw_store_look(f->store);
    struct cw_store_news_list *news = cw_store_take_news(f->store);
    text[0] = '\0';
    for (size_t i = 0; news != NULL && i < news->count; i++)
        at += put(text + at, sizeof text - at, &news->items[i]);
    cw_store_news_destroy(news);
    return text;
}

#endif
