/* page.c - see page.h. */
#include "web/page.h"

#include "web/page_data.h"
#include "web/web.h"

static const struct page {
    const char *path;
    const char *type;
    bool immutable;
    const char *etag;
    struct cw_slice body, gzip;
} pages[] = {CW_WEB_PAGE_DATA};

/* The page reads the rest of its address by itself: an invitation stands behind '#', and what
 * another program shares behind '?'. */
static const char *const same_page[] = {"/join", "/share"};

static struct cw_slice file_of(struct cw_slice path)
{
    for (size_t i = 0; i < sizeof same_page / sizeof same_page[0]; i++)
        if (cw_slice_eq(path, cw_slice_str(same_page[i])))
            return cw_slice_str("/");
    return path;
}

bool cw_web_answer_page(struct cw_slice path, struct cw_http_answer *answer)
{
    struct cw_slice file = file_of(path);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        const struct page *page = &pages[i];
        if (!cw_slice_eq(file, cw_slice_str(page->path)))
            continue;
        answer->status = 200;
        answer->type = page->type;
        answer->immutable = page->immutable;
        answer->etag = page->etag;
        answer->body = page->body;
        answer->gzip = page->gzip;
        return true;
    }
    return false;
}

const char *cw_web_build(void)
{
    return CW_WEB_BUILD;
}
