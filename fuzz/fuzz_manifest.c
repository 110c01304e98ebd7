/* fuzz_manifest.c - any text as the manifest of a backup. What is taken for one is written again as
 * the same bytes; its files stay in their folder, and each is found by its name. */
#include <string.h>

#include "backup/manifest.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_manifest manifest;
    struct cw_buf again = {0};
    char error[160];
    memset(error, 'x', sizeof error);
    if (cw_manifest_read(cw_slice_of(data, size), &manifest, error)) {
        cw_manifest_write(&manifest, &again);
        CHECK(again.n == size && memcmp(again.p, data, size) == 0);
        for (size_t i = 0; i < manifest.count; i++) {
            CHECK(cw_manifest_name_good(manifest.files[i].name));
            CHECK(cw_manifest_find(&manifest, manifest.files[i].name) == &manifest.files[i]);
        }
    } else {
        CHECK(memchr(error, 0, sizeof error) != NULL);
    }
    cw_manifest_finish(&manifest);
    cw_buf_finish(&again);
    return 0;
}
