/* store_news.c - see store_news.h. */
#include "store/store_news.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[CW_NEWS_KINDS] = {
#define CW_NEWS(NAME, name) [CW_NEWS_##NAME] = (name),
#include "store/news.def"
#undef CW_NEWS
};

const char *cw_news_name(enum cw_news_kind kind)
{
    return kind < CW_NEWS_KINDS ? names[kind] : "";
}

enum cw_news_kind cw_news_named(struct cw_slice name)
{
    for (int i = 0; i < CW_NEWS_KINDS; i++)
        if (cw_slice_eq(name, cw_slice_str(names[i])))
            return (enum cw_news_kind)i;
    return CW_NEWS_CHANGED;
}

struct cw_store_news *cw_store_news_add(struct cw_store_news_list *list, enum cw_news_kind kind)
{
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 8;
        list->items = cw_realloc(list->items, list->capacity * sizeof list->items[0]);
    }
    struct cw_store_news *news = &list->items[list->count++];
    memset(news, 0, sizeof *news);
    news->kind = kind;
    return news;
}

void cw_store_news_destroy(struct cw_store_news_list *list)
{
    if (list == NULL)
        return;
    free(list->items);
    cw_arena_finish(&list->arena);
    free(list);
}
