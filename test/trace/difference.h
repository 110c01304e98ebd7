/* difference.h - where what came out of a transcript differs from it. For trace_main.c and
 * nodes_main.c. */
#ifndef CW_TEST_TRACE_DIFFERENCE_H
#define CW_TEST_TRACE_DIFFERENCE_H

/* Prints the first line that differs. */
void trace_print_difference(const char *path, const char *wanted, const char *got);

#endif
