/* page.c - see page.h. */
#include "web/page.h"

#include "web/page_data.h"

static const struct page {
    const char *file;
    const char *etag;
    struct cw_slice body, gzip;
} pages[] = {CW_WEB_PAGE_DATA};

static const struct place {
    const char *path;
    const char *file;
    const char *type;
} places[] = {{"/", "index.html", "text/html; charset=utf-8"},
              {"/join", "join.html", "text/html; charset=utf-8"},
              {"/join.js", "join.js", "text/javascript; charset=utf-8"},
              {"/style.css", "style.css", "text/css; charset=utf-8"},
              {"/icon.svg", "icon.svg", "image/svg+xml"}};

static const struct place *place_at(struct cw_slice path)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (cw_slice_eq(path, cw_slice_str(places[i].path)))
            return &places[i];
    return NULL;
}

static const struct page *page_of(const char *file)
{
    const struct page *page = pages;
    while (!cw_slice_eq(cw_slice_str(page->file), cw_slice_str(file)))
        page++;
    return page;
}

bool cw_web_answer_page(struct cw_slice path, struct cw_http_answer *answer)
{
    const struct place *place = place_at(path);
    if (place == NULL)
        return false;
    const struct page *page = page_of(place->file);
    answer->status = 200;
    answer->type = place->type;
    answer->etag = page->etag;
    answer->body = page->body;
    answer->gzip = page->gzip;
    return true;
}
