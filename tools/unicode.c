/* unicode.c - writes src/text/unicode_tables.h, from ICU: what is default-ignorable,
 * which characters stand in words without spaces between them, which are pictures,
 * which are emoji (UTS 51), and which look alike (UTS 39, by uspoof). tools/unicode runs it; the
 * server needs no ICU. utf8proc must know the same version of Unicode: test_name.c compares. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#define POINTS 0x110000

static bool is_ignorable(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

static bool is_unspaced(UChar32 c)
{
    static const UScriptCode scripts[] = {USCRIPT_HAN,    USCRIPT_HIRAGANA, USCRIPT_KATAKANA,
                                          USCRIPT_HANGUL, USCRIPT_BOPOMOFO, USCRIPT_YI,
                                          USCRIPT_TANGUT, USCRIPT_NUSHU};
    UErrorCode error = U_ZERO_ERROR;
    if (!u_isalnum(c) && (U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_NL_MASK)) == 0)
        return false;
    if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT)
        return true;
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (uscript_getScript(c, &error) == scripts[i])
            return true;
    return c == 0x30fc; /* the mark of a long vowel: of no one script */
}

static bool is_picture(UChar32 c)
{
    return c >= 0x80 && (u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) ||
                         u_hasBinaryProperty(c, UCHAR_REGIONAL_INDICATOR));
}

static bool is_emoji(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_EMOJI);
}

static bool is_shown_as_emoji(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION);
}

static bool is_emoji_base(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER_BASE);
}

static void write_set(const char *name, bool (*in)(UChar32))
{
    int on_line = 0;
    printf("static const uint32_t %s[][2] = {", name);
    for (UChar32 c = 0; c < POINTS; c++) {
        UChar32 first = c;
        if (!in(c))
            continue;
        while (c + 1 < POINTS && in(c + 1))
            c++;
        printf("%s{0x%x, 0x%x},", on_line++ % 5 == 0 ? "\n    " : " ", first, c);
    }
    printf("\n};\n\n");
}

/* --- look-alikes ---------------------------------------------------------------------------- */

struct prototype {
    UChar32 point, single; /* single: 0 when the prototype is several */
    char text[128];
};
static struct prototype prototypes[16384];
static size_t prototype_count;

static bool is_decomposed(const UNormalizer2 *nfd, UChar32 c)
{
    UChar to[32];
    UErrorCode error = U_ZERO_ERROR;
    return unorm2_getDecomposition(nfd, c, to, 32, &error) < 0;
}

static void find_prototype(USpoofChecker *checker, const UNormalizer2 *nfd, UChar32 c)
{
    struct prototype *p = &prototypes[prototype_count];
    UErrorCode error = U_ZERO_ERROR;
    char from[8] = "";
    UChar32 first = 0;
    int32_t n = 0, length, at = 0;
    U8_APPEND_UNSAFE((uint8_t *)from, n, c);
    length = uspoof_getSkeletonUTF8(checker, 0, from, n, p->text, sizeof p->text - 1, &error);
    if (!is_decomposed(nfd, c) || U_FAILURE(error) ||
        (length == n && memcmp(from, p->text, (size_t)n) == 0))
        return;
    p->text[length] = 0;
    p->point = c;
    if (length != 0)
        U8_NEXT_UNSAFE((const uint8_t *)p->text, at, first);
    p->single = at == length ? first : 0;
    prototype_count++;
}

/* As many as follow one another, with prototypes that do; of several, one. */
static size_t run_length(size_t i)
{
    size_t n = 1;
    if (prototypes[i].single == 0)
        return 1;
    while (i + n < prototype_count && prototypes[i + n].point == prototypes[i].point + (UChar32)n &&
           prototypes[i + n].single == prototypes[i].single + (UChar32)n)
        n++;
    return n;
}

static size_t place_in_pool(char *pool, size_t *used, const char *text)
{
    size_t at = 0;
    while (at < *used && strcmp(pool + at, text) != 0)
        at += strlen(pool + at) + 1;
    if (at == *used) {
        strcpy(pool + at, text);
        *used += strlen(text) + 1;
    }
    return at;
}

static void write_pool(const char *pool, size_t used)
{
    printf("/* The prototypes that are several characters: UTF-8, each ended by a zero. */\n"
           "static const char look_pool[] =");
    for (size_t at = 0; at < used; at += strlen(pool + at) + 1) {
        printf("%s\"", at % 2 == 0 ? "\n    " : " ");
        for (const char *s = pool + at; *s != 0; s++)
            printf("\\%03o", (unsigned char)*s);
        printf("\\0\"");
    }
    printf(";\n");
}

static void write_look_alikes(USpoofChecker *checker, const UNormalizer2 *nfd)
{
    static char pool[65536];
    size_t used = 0, on_line = 0;
    for (UChar32 c = 0; c < POINTS; c++)
        if (u_isdefined(c) && !U_IS_SURROGATE(c) && !is_ignorable(c))
            find_prototype(checker, nfd, c);
    printf("/* `count` characters from `first` look like those from `like`; negative: like the\n"
           " * several at look_pool[-like - 1]. */\n"
           "static const struct {\n    uint32_t first;\n    int32_t count, like;\n} looks[] = {");
    for (size_t i = 0, n; i < prototype_count; i += n) {
        const struct prototype *p = &prototypes[i];
        n = run_length(i);
        int like = p->single != 0 ? p->single : -(int)place_in_pool(pool, &used, p->text) - 1;
        printf("%s{0x%x,%zu,%d},", on_line++ % 6 == 0 ? "\n    " : " ", p->point, n, like);
    }
    printf("\n};\n\n");
    write_pool(pool, used);
}

int main(void)
{
    UErrorCode error = U_ZERO_ERROR;
    USpoofChecker *checker = uspoof_open(&error);
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&error);
    if (U_FAILURE(error))
        return 1;
    printf("/* unicode_tables.h - written by tools/unicode from ICU %s: do not edit. */\n"
           "/* clang-format off */\n#include <stdint.h>\n\n"
           "#define UNICODE_TABLES_VERSION \"%s\"\n\n",
           U_ICU_VERSION, U_UNICODE_VERSION);
    write_set("ignorable", is_ignorable);
    write_set("unspaced", is_unspaced);
    write_set("pictures", is_picture);
    write_set("emoji", is_emoji);
    write_set("shown_as_emoji", is_shown_as_emoji);
    write_set("emoji_bases", is_emoji_base);
    write_look_alikes(checker, nfd);
    uspoof_close(checker);
    return 0;
}
