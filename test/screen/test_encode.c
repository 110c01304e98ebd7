/* test_encode.c - what leaves for the terminal, byte for byte: cells that have changed, colours by
 * theme and depth, links; and what the user's file of settings may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "screen/encode.h"
#include "screen/link.h"
#include "screen/settings.h"

static const char *hues_path;

/* What cw_encode_grid appends, as text; it lives until the next call. */
static const char *encoded(struct cw_encode *encode, const struct cw_grid *grid)
{
    static char text[20000];
    struct cw_buf out = {.n = 0};
    cw_encode_grid(encode, grid, &out);
    assert_true(out.n < sizeof text);
    if (out.n != 0)
        memcpy(text, out.p, out.n);
    text[out.n] = 0;
    cw_buf_finish(&out);
    return text;
}

#define BEGIN "\x1b[?2026h\x1b[?25l"
#define END   "\x1b[?25h\x1b[?2026l"

/* --- cells ---------------------------------------------------------------------------------- */

static void only_what_has_changed_leaves(void **state)
{
    struct cw_encode encode = {.depth = CW_DEPTH_8, .utf8 = true};
    struct cw_grid grid = {.rows = 0};
    (void)state;
    cw_grid_resize(&grid, 2, 10);
    cw_grid_put_str(&grid, 0, 0, 10, "ab", CW_PLAIN);
    assert_string_equal(encoded(&encode, &grid), BEGIN "\x1b[0m\x1b[2J\x1b[1;1H\x1b[0mab\x1b[0m"
                                                       "\x1b[1;1H" END);
    assert_string_equal(encoded(&encode, &grid), "");
    cw_grid_put_str(&grid, 0, 1, 10, "c", CW_RED | CW_STYLE_BOLD);
    cw_grid_put_str(&grid, 1, 4, 10, "d", CW_RED | CW_STYLE_BOLD);
    grid.cursor_column = 3;
    assert_string_equal(encoded(&encode, &grid), BEGIN "\x1b[1;2H\x1b[0;1;31mc\x1b[2;5Hd\x1b[0m"
                                                       "\x1b[1;4H" END);
    grid.cursor_row = 1;
    assert_string_equal(encoded(&encode, &grid), "\x1b[2;4H");
    cw_encode_forget(&encode);
    assert_non_null(strstr(encoded(&encode, &grid), "\x1b[2J"));
    cw_encode_forget(&encode);
    cw_grid_finish(&grid);
}

/* Behind what is not ASCII the cursor is set: terminals differ in the widths of characters. */
static void wide_characters_move_nothing(void **state)
{
    struct cw_encode encode = {.depth = CW_DEPTH_NONE, .utf8 = true};
    struct cw_grid grid = {.rows = 0};
    (void)state;
    cw_grid_resize(&grid, 1, 8);
    encoded(&encode, &grid);
    cw_grid_put_str(&grid, 0, 0, 8, "\xf0\x9f\x9a\x97z", CW_PLAIN);
    assert_string_equal(encoded(&encode, &grid),
                        BEGIN "\x1b[1;1H\x1b[0m\xf0\x9f\x9a\x97\x1b[1;3Hz\x1b[0m\x1b[1;1H" END);
    encode.utf8 = false;
    cw_encode_forget(&encode);
    cw_grid_put_str(&grid, 0, 4, 8, "\xe2\x94\x82\xc3\xbc", CW_PLAIN);
    assert_non_null(strstr(encoded(&encode, &grid), "\x1b[0m? z\x1b[1;5H|?"));
    cw_encode_forget(&encode);
    cw_grid_finish(&grid);
}

static void links_lead_where_they_say(void **state)
{
    static const char url[] = "https://example.org/a";
    struct cw_encode encode = {.depth = CW_DEPTH_NONE, .utf8 = true, .links = true};
    struct cw_grid grid = {.rows = 0};
    (void)state;
    cw_grid_resize(&grid, 1, 4);
    encoded(&encode, &grid);
    cw_grid_link(&grid, cw_slice_str(url));
    cw_grid_put_str(&grid, 0, 0, 4, "ht", CW_STYLE_UNDERLINE);
    cw_grid_link(&grid, cw_slice_of(NULL, 0));
    cw_grid_put_str(&grid, 0, 2, 4, "x", CW_PLAIN);
    assert_string_equal(encoded(&encode, &grid),
                        BEGIN "\x1b[1;1H\x1b]8;id=1;https://example.org/a\x1b\\\x1b[0;4mht"
                              "\x1b]8;;\x1b\\\x1b[0mx\x1b[0m\x1b[1;1H" END);
    assert_string_equal(encoded(&encode, &grid), "");
    cw_grid_clear(&grid); /* the same text, which leads elsewhere */
    cw_grid_link(&grid, cw_slice_str("https://example.org/b"));
    cw_grid_put_str(&grid, 0, 0, 4, "ht", CW_STYLE_UNDERLINE);
    cw_grid_link(&grid, cw_slice_of(NULL, 0));
    cw_grid_put_str(&grid, 0, 2, 4, "x", CW_PLAIN);
    assert_non_null(strstr(encoded(&encode, &grid), "https://example.org/b\x1b\\"));
    encode.links = false;
    cw_encode_forget(&encode);
    assert_null(strstr(encoded(&encode, &grid), "]8;"));
    cw_encode_forget(&encode);
    cw_grid_finish(&grid);
}

/* --- colours -------------------------------------------------------------------------------- */

static const char *ink(enum cw_theme theme, enum cw_depth depth, unsigned style)
{
    static char text[100];
    struct cw_buf out = {.n = 0};
    cw_ink_write(theme, depth, style, &out);
    snprintf(text, sizeof text, "%.*s", (int)out.n - 1, (const char *)out.p + 1);
    cw_buf_finish(&out);
    return text;
}

static void colours_are_those_that_the_terminal_has(void **state)
{
    const unsigned name = CW_NAME + 7;
    (void)state;
    assert_string_equal(ink(CW_THEME_DARK, CW_DEPTH_NONE, name | CW_STYLE_BOLD), "[0;1m");
    assert_string_equal(ink(CW_THEME_DARK, CW_DEPTH_8, name), "[0;34m");
    assert_string_equal(ink(CW_THEME_DARK, CW_DEPTH_16, name), "[0;94m");
    assert_string_equal(ink(CW_THEME_DARK, CW_DEPTH_256, name), "[0;38;5;111m");
    assert_string_equal(ink(CW_THEME_DARK, CW_DEPTH_256, CW_STYLE_REVERSE),
                        "[0;48;5;236;38;5;255m");
    assert_string_equal(ink(CW_THEME_DARK, CW_DEPTH_TRUE, name), "[0;38;2;142;188;255m");
    assert_string_equal(ink(CW_THEME_LIGHT, CW_DEPTH_TRUE, name), "[0;38;2;10;91;176m");
    assert_string_equal(ink(CW_THEME_TERMINAL, CW_DEPTH_TRUE, name), "[0;94m");
    assert_string_equal(ink(CW_THEME_PLAIN, CW_DEPTH_TRUE, name | CW_STYLE_REVERSE), "[0;7m");
    assert_string_equal(ink(CW_THEME_DARK, CW_DEPTH_TRUE, CW_STYLE_REVERSE),
                        "[0;48;2;42;49;66;38;2;230;233;240m");
    assert_string_equal(ink(CW_THEME_TERMINAL, CW_DEPTH_8, CW_STYLE_REVERSE | CW_STYLE_DIM),
                        "[0;2;7m");
    for (unsigned style = 0; style < 512; style++) /* none is too long for its buffer of 96 */
        for (int theme = 0; theme < CW_THEMES; theme++)
            if ((style & CW_STYLE_COLOUR) < CW_NAME + CW_NAMES)
                assert_true(strlen(ink((enum cw_theme)theme, CW_DEPTH_TRUE, style)) < 96);
}

static void the_environment_says_how_many_there_are(void **state)
{
    (void)state;
    assert_int_equal(cw_depth_of(NULL, "truecolor", "xterm-256color", 256), CW_DEPTH_TRUE);
    assert_int_equal(cw_depth_of("1", "truecolor", "xterm-256color", 256), CW_DEPTH_NONE);
    assert_int_equal(cw_depth_of("", "", "xterm-256color", 256), CW_DEPTH_256);
    assert_int_equal(cw_depth_of(NULL, NULL, "xterm", 8), CW_DEPTH_8);
    assert_int_equal(cw_depth_of(NULL, NULL, "xterm-16color", 16), CW_DEPTH_16);
    assert_int_equal(cw_depth_of(NULL, NULL, "vt220", -1), CW_DEPTH_NONE);
    assert_int_equal(cw_depth_of(NULL, NULL, "xterm-direct", 16777216), CW_DEPTH_TRUE);
}

static void the_background_chooses_the_theme(void **state)
{
    enum cw_theme theme = CW_THEME_PLAIN;
    (void)state;
    assert_true(cw_theme_of_report("11;rgb:1e1e/1e1e/1e1e", &theme));
    assert_int_equal(theme, CW_THEME_DARK);
    assert_true(cw_theme_of_report("11;rgb:ff/ff/ff", &theme));
    assert_int_equal(theme, CW_THEME_LIGHT);
    assert_true(cw_theme_of_report("11;rgb:f/f/0", &theme)); /* yellow is bright, */
    assert_int_equal(theme, CW_THEME_LIGHT);
    assert_true(cw_theme_of_report("11;rgb:0/0/f", &theme)); /* ... blue is not */
    assert_int_equal(theme, CW_THEME_DARK);
    theme = CW_THEME_PLAIN;
    assert_false(cw_theme_of_report("10;rgb:ff/ff/ff", &theme));
    assert_false(cw_theme_of_report("11;rgb:ff/ff", &theme));
    assert_false(cw_theme_of_report("11;rgb:", &theme));
    assert_false(cw_theme_of_report("", &theme));
    assert_int_equal(theme, CW_THEME_PLAIN);
}

/* web/test/terminal.test.ts reads the same file. */
static void names_have_the_colours_of_the_browser(void **state)
{
    char line[200];
    int count = 0;
    FILE *file = fopen(hues_path, "r");
    (void)state;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file) != NULL; count++) {
        char *tab = strchr(line, '\t');
        assert_non_null(tab);
        *tab = 0;
        assert_int_equal(cw_ink_of_name(line) - CW_NAME, strtoul(tab + 1, NULL, 10));
    }
    fclose(file);
    assert_int_equal(count, 20);
}

/* --- foreign texts -------------------------------------------------------------------------- */

static void addresses_are_found_in_texts(void **state)
{
    static const struct {
        const char *text, *link; /* NULL: none */
    } rows[] = {{"see https://example.org/a_(b).", "https://example.org/a_(b)"},
                {"(http://example.org)", "http://example.org"},
                {"<https://example.org/?q=1&r=2>", "https://example.org/?q=1&r=2"},
                {"https://[2001:db8::1]:8443/x, and", "https://[2001:db8::1]:8443/x"},
                {"*https://example.org/*", "https://example.org/"},
                {"xhttps://example.org", NULL},
                {"https://", NULL},
                {"https://user:secret@example.org/", NULL},
                {"https://example.org:99999/", NULL},
                {"javascript:alert(1) file:///etc/passwd ftp://example.org", NULL},
                {"https://ex\xc3\xa4mple.org/", "https://ex"},
                {"https://a/\x1b]8;;b", "https://a/"},
                {"https://a/\x07\x1b[31m", "https://a/"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cw_slice link = {NULL, 0};
        bool found = cw_link_next(cw_slice_str(rows[i].text), 0, &link);
        assert_int_equal(found, rows[i].link != NULL);
        if (found)
            assert_true(cw_slice_eq(link, cw_slice_str(rows[i].link)));
    }
}

static void no_sequence_gets_into_a_notification(void **state)
{
    struct cw_buf out = {.n = 0};
    (void)state;
    cw_encode_text("bob\x1b]2;x\a;\n#c\xc3\xb6\xe2\x80\xaeoks\xff\xc2\x9d", true, &out);
    cw_buf_append_byte(&out, 0);
    assert_string_equal((const char *)out.p, "bob]2,x, #c\xc3\xb6oks");
    out.n = 0;
    cw_encode_text("\xd0\x9c\xd0\x9b"
                   "1m",
                   false, &out); /* ST and CSI, byte by byte */
    cw_buf_append_byte(&out, 0);
    assert_string_equal((const char *)out.p, "??1m");
    cw_buf_finish(&out);
}

/* A text that is drawn with each key is looked through once. */
static void a_text_of_brackets_is_looked_through_once(void **state)
{
    static char text[60001] = "http://";
    struct cw_slice link;
    (void)state;
    memset(text + 7, ')', sizeof text - 8);
    assert_false(cw_link_next(cw_slice_str(text), 0, &link));
    for (size_t i = 0; i + 7 < sizeof text; i += 7)
        memcpy(text + i, "http://", 7);
    assert_false(cw_link_next(cw_slice_str(text), 0, &link));
    memcpy(text + 100, " http://x.org) ", 15);
    assert_true(cw_link_next(cw_slice_str(text), 0, &link));
    assert_true(cw_slice_eq(link, cw_slice_str("http://x.org")));
}

/* --- settings ------------------------------------------------------------------------------- */

static const char *read_settings(struct cw_screen *screen, const char *text)
{
    static char message[300];
    char wrong[CW_SETTINGS_WRONG_MAX];
    unsigned line;
    *screen = (struct cw_screen){.chat = NULL};
    if (cw_settings_read(screen, cw_slice_str(text), &line, wrong))
        return "";
    snprintf(message, sizeof message, "%u: %s", line, wrong);
    return message;
}

static int action_of(const struct cw_screen *screen, const char *name)
{
    struct cw_key key;
    bool own;
    assert_true(cw_key_read(name, &key));
    return cw_bindings_find(&screen->bindings, &key, &own);
}

static int action_called(const char *name)
{
    int action;
    assert_true(cw_action_read(name, &action));
    return action;
}

static void settings_are_taken(void **state)
{
    struct cw_screen screen;
    (void)state;
    assert_string_equal(read_settings(&screen, ""), "");
    assert_int_equal(screen.theme, CW_THEME_TERMINAL);
    assert_int_equal(action_of(&screen, "Ctrl+n"), action_called("next"));
    assert_string_equal(read_settings(&screen, "# mine\n\n  theme light # paper\r\nmouse on\n"
                                               "key Ctrl+n nothing\nkey Alt+# search\n"
                                               "key F12 redraw\nkey Alt+Enter say"),
                        "");
    assert_int_equal(screen.theme, CW_THEME_LIGHT);
    assert_true(screen.theme_set && !screen.theme_chosen && screen.mouse);
    assert_int_equal(action_of(&screen, "Ctrl+n"), CW_ACTION_NONE);
    assert_int_equal(action_of(&screen, "Alt+#"), action_called("search"));
    assert_int_equal(action_of(&screen, "F12"), action_called("redraw"));
    assert_int_equal(action_of(&screen, "Alt+Enter"), action_called("say"));
    assert_int_equal(action_of(&screen, "Enter"), action_called("say"));
}

static void a_broken_line_is_named(void **state)
{
    static const struct {
        const char *text, *wrong;
    } rows[] = {
        {"theme dark\ntheme pink\n", "2: there is no theme pink: terminal, dark, light, plain"},
        {"theme", "1: it is written as: theme NAME"},
        {"theme dark now", "1: it is written as: theme NAME"},
        {"\n\ncolour dark", "3: there is no setting colour: theme, mouse, key"},
        {"mouse maybe", "1: mouse is on or off, not maybe"},
        {"key Ctrl+i say", "1: no key is called Ctrl+i: Ctrl+t, Alt+x, Alt+Enter, F7, PgUp are "
                           "names of keys"},
        {"key x say", "1: no key is called x: Ctrl+t, Alt+x, Alt+Enter, F7, PgUp are names of "
                      "keys"},
        {"key F13 say", "1: no key is called F13: Ctrl+t, Alt+x, Alt+Enter, F7, PgUp are names of "
                        "keys"},
        {"key Ctrl+t page-up", "1: a key cannot do page-up; did you mean page_up?"},
        {"key Ctrl+t", "1: it is written as: key KEY ACTION"},
        {"theme \x1b[31m", "1: this is no setting"}};
    struct cw_screen screen;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(read_settings(&screen, rows[i].text), rows[i].wrong);
}

/* A key in two rows would do what the first one says. */
static void a_key_does_one_thing(void **state)
{
    static const struct cw_key keys[] = {
#define KEY(kind, alt, c, action, shown, help) {CW_KEY_##kind, alt, c, false, false, 0, 0},
#include "screen/keys.def"
#undef KEY
    };
    const struct cw_bindings usual = {.count = 0};
    bool own;
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(cw_bindings_find(&usual, &keys[i], &own), (int)i);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_has_changed_leaves),
        cmocka_unit_test(wide_characters_move_nothing),
        cmocka_unit_test(links_lead_where_they_say),
        cmocka_unit_test(colours_are_those_that_the_terminal_has),
        cmocka_unit_test(the_environment_says_how_many_there_are),
        cmocka_unit_test(the_background_chooses_the_theme),
        cmocka_unit_test(names_have_the_colours_of_the_browser),
        cmocka_unit_test(addresses_are_found_in_texts),
        cmocka_unit_test(no_sequence_gets_into_a_notification),
        cmocka_unit_test(a_text_of_brackets_is_looked_through_once),
        cmocka_unit_test(settings_are_taken),
        cmocka_unit_test(a_broken_line_is_named),
        cmocka_unit_test(a_key_does_one_thing),
    };
    hues_path = argc > 1 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
