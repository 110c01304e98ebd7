/* settle.h - gives back memory that only the start of the server needed. */
#ifndef CW_SERVER_SETTLE_H
#define CW_SERVER_SETTLE_H

/* What is free in the heap. */
void cw_settle_heap(void);
/* The same, and the tables from which the loader has linked the libraries. */
void cw_settle(void);

#endif
