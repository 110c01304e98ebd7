/* list.h - doubly linked lists through a link inside their members. */
#ifndef CW_CORE_LIST_H
#define CW_CORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The head of a list is a link, too, that is not in a member. */
struct link {
    struct link *prev, *next;
};

static inline void cw_list_init(struct link *list)
{
    list->prev = list->next = list;
}

static inline bool cw_list_empty(const struct link *list)
{
    return list->next == list;
}

static inline void cw_list_append(struct link *list, struct link *link)
{
    link->prev = list->prev;
    link->next = list;
    list->prev->next = link;
    list->prev = link;
}

/* Valid for a link that is in no list, too, if it was initialised. */
static inline void cw_list_remove(struct link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    cw_list_init(link);
}

#define CW_LINK_OWNER(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

#endif
