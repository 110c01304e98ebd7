/* test_wire.h - the parts of the program test_wire. Each run_ function runs a
 * group of tests and returns how many failed. */
#ifndef TEST_WIRE_H
#define TEST_WIRE_H

/* Where the vectors are; before run_vectors. */
void set_vectors(const char *folder);
int run_vectors(void);

int run_samples(void);
int run_sizes(void);

#endif
