/* opus_files.h - small Ogg Opus files for tests, of packets without a frame: silence,
 * 20 ms each, the same bytes everywhere, and with a lie in them when wanted. */
#ifndef CW_TEST_OPUS_FILES_H
#define CW_TEST_OPUS_FILES_H

#include "base/buf.h"

struct opus_file {
    unsigned channels;
    unsigned packets;  /* 20 ms each */
    int claim;         /* samples that the last page claims beyond what there is */
    unsigned number;   /* written where the rate of the recording stands: files differ */
    bool twice;        /* a second stream behind the first */
    const char *magic; /* instead of "OpusHead" */
};

/* Appends the file. */
void opus_file_write(const struct opus_file *file, struct cw_buf *out);

#endif
