/* vector.h - the files of test/wire/vectors: bytes and what they mean.
 *
 *   == seed "Whisper", Update: as drawn
 *   is update "whisper" sender="alice" content="hi"
 *   client plain
 *     a6 "update"  a7 "whisper"  a5 "alice"  a2 "hi"
 *
 * A vector has a name that says where the rule is written, one line `is`
 * (text.h), and any number of rows of bytes, each after what is done with it:
 *   server, client    these bytes are read by it as what `is` says
 *   plain, extended   what `is` says is written as these bytes
 * A row of bytes goes on over the indented lines that follow. */
#ifndef TEST_WIRE_VECTOR_H
#define TEST_WIRE_VECTOR_H

#include "base/buf.h"

enum vector_use { USE_SERVER = 1, USE_CLIENT = 2, USE_PLAIN = 4, USE_EXTENDED = 8 };

struct vector {
    char file[64];
    int line; /* of the bytes */
    char name[160];
    char is[4096];
    unsigned uses; /* bits of enum vector_use */
    struct cw_buf bytes;
};

typedef void vector_fn(const struct vector *vector, void *arg);

/* Calls fn for each row of bytes of each *.txt file of a folder, the files in
 * no particular order. Returns how many; ends the test program with a message
 * when a file is not understood. */
int for_each_vector(const char *folder, vector_fn *fn, void *arg);

#endif
