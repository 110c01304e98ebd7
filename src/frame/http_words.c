/* http_words.c - see http_words.h. */
#include "frame/http_words.h"

static uint8_t lower_case(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool cw_http_same_word(struct cw_slice a, const char *b)
{
    if (a.n != strlen(b))
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower_case(a.p[i]) != lower_case((uint8_t)b[i]))
            return false;
    return true;
}

struct cw_slice cw_http_without_blanks(struct cw_slice s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = cw_slice_of(s.p + 1, s.n - 1);
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

struct cw_slice cw_http_cut(struct cw_slice *rest, char separator)
{
    struct cw_slice whole = *rest;
    const uint8_t *p = whole.n == 0 ? NULL : memchr(whole.p, separator, whole.n);
    if (p == NULL) {
        *rest = (struct cw_slice){0};
        return whole;
    }
    size_t n = (size_t)(p - whole.p);
    *rest = cw_slice_of(p + 1, whole.n - n - 1);
    return cw_slice_of(whole.p, n);
}

bool cw_http_next_element(struct cw_slice *list, struct cw_slice *element)
{
    if (list->n == 0)
        return false;
    *element = cw_http_without_blanks(cw_http_cut(list, ','));
    return true;
}

bool cw_http_list_has(struct cw_slice list, const char *word)
{
    struct cw_slice element;
    while (cw_http_next_element(&list, &element))
        if (cw_http_same_word(element, word))
            return true;
    return false;
}
