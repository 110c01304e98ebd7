/* target.h - whom or what a command is about, as people write it. */
#ifndef CHINWAG_TUI_TARGET_H
#define CHINWAG_TUI_TARGET_H

#include <stdbool.h>
#include <stdint.h>

/* "@bob" as the protocol writes it, "bob"; a group keeps its '#'. NULL: it is
 * neither, and that has been said. */
const char *target_conversation(const char *target);

/* "#cooks" or "cooks" without its '#', "@bob" or "bob" without its '@'. NULL: it is said to
 * be the other kind, and that has been said. */
const char *target_group(const char *target);
const char *target_person(const char *target);

/* The number of a message in its conversation. False: it has been said why. */
bool target_seq(const char *text, uint64_t *seq);

#endif
