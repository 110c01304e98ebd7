/* columns.h - how wide text is on a terminal: Chinese characters and emoji take two columns,
 * combining marks none. Pure. */
#ifndef CW_TEXT_COLUMNS_H
#define CW_TEXT_COLUMNS_H

#include "base/slice.h"

/* The bytes at the beginning of the text that take at most so many columns, whole characters; a
 * byte that is no UTF-8 takes one. */
size_t cw_columns_fit(struct cw_slice text, size_t columns);

#endif
