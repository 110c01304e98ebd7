/* list.h - arrays of pointers, of which the memory back end keeps most of what it has. Private to
 * this folder. */
#ifndef CW_STORE_MEMORY_LIST_H
#define CW_STORE_MEMORY_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An array of pointers. Where items are numbered, number 1 is the first. */
struct cw_memory_list {
    void **items;
    size_t count, capacity;
};

/* Appends, and returns the new count. */
uint64_t cw_memory_add(struct cw_memory_list *list, void *item);
/* Puts the item at place i, or takes the one away that is there. */
void cw_memory_insert(struct cw_memory_list *list, size_t i, void *item);
void cw_memory_remove(struct cw_memory_list *list, size_t i);
/* The item with this number, or NULL. */
void *cw_memory_at(const struct cw_memory_list *list, uint64_t id);

#endif
