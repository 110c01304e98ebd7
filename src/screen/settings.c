/* settings.c - see settings.h. */
#include "screen/settings.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 4
#define LINE_MAX  200

/* A line's words. */
struct setting {
    char line[LINE_MAX];
    char *words[WORDS_MAX];
    size_t count;
};

static bool say_why(char wrong[CW_SETTINGS_WRONG_MAX], const char *before, const char *word,
                    const char *behind)
{
    snprintf(wrong, CW_SETTINGS_WRONG_MAX, "%s%.60s%s", before, word, behind);
    return false;
}

/* False: it has a character that is none of a setting, or is too long. */
static bool split_line(struct cw_slice text, struct setting *setting)
{
    setting->count = 0;
    if (text.n >= LINE_MAX)
        return false;
    bool in_word = false;
    for (size_t i = 0; i <= text.n; i++) {
        uint8_t c = i < text.n ? text.p[i] : 0;
        bool blank = c == ' ' || c == '\t' || c == '\r' || c == 0;
        if (c == '#' && !in_word) { /* "Alt+#" is a key */
            setting->line[i] = 0;
            return true;
        }
        if (i < text.n && !blank && (c < ' ' || c >= 0x7f))
            return false;
        setting->line[i] = (char)(blank ? 0 : c);
        if (!blank && !in_word && setting->count < WORDS_MAX)
            setting->words[setting->count++] = setting->line + i;
        in_word = !blank;
    }
    return true;
}

/* --- each of them --------------------------------------------------------------------------- */

static bool set_theme(struct cw_screen *screen, char *const words[WORDS_MAX], char *wrong)
{
    screen->theme_set = true;
    if (!cw_theme_read(words[1], &screen->usual_theme))
        return say_why(wrong, "there is no theme ", words[1], ": terminal, dark, light, plain");
    screen->theme = screen->usual_theme;
    return true;
}

static bool set_mouse(struct cw_screen *screen, char *const words[WORDS_MAX], char *wrong)
{
    screen->mouse = strcmp(words[1], "on") == 0;
    return screen->mouse || strcmp(words[1], "off") == 0 ||
           say_why(wrong, "mouse is on or off, not ", words[1], "");
}

static bool set_key(struct cw_screen *screen, char *const words[WORDS_MAX], char *wrong)
{
    char better[80] = "";
    struct cw_key key;
    int action;
    if (!cw_key_read(words[1], &key))
        return say_why(wrong, "no key is called ", words[1],
                       ": Ctrl+t, Alt+x, Alt+Enter, F7, PgUp are names of keys");
    if (!cw_action_read(words[2], &action)) {
        const char *near = cw_action_near(words[2]);
        if (near != NULL)
            snprintf(better, sizeof better, "; did you mean %.60s?", near);
        return say_why(wrong, "a key cannot do ", words[2], better);
    }
    return cw_bindings_set(&screen->bindings, &key, action) ||
           say_why(wrong, "these are too many keys", "", "");
}

static const struct {
    const char *name, *form;
    size_t words;
    bool (*take)(struct cw_screen *, char *const words[WORDS_MAX], char *wrong);
} settings[] = {{"theme", "theme NAME", 2, set_theme},
                {"mouse", "mouse on|off", 2, set_mouse},
                {"key", "key KEY ACTION", 3, set_key}};

static bool take_setting(struct cw_screen *screen, const struct setting *setting, char *wrong)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (strcmp(settings[i].name, setting->words[0]) != 0)
            continue;
        if (setting->count != settings[i].words)
            return say_why(wrong, "it is written as: ", settings[i].form, "");
        return settings[i].take(screen, setting->words, wrong);
    }
    return say_why(wrong, "there is no setting ", setting->words[0], ": theme, mouse, key");
}

bool cw_settings_read(struct cw_screen *screen, struct cw_slice text, unsigned *line,
                      char wrong[CW_SETTINGS_WRONG_MAX])
{
    struct setting setting;
    *line = 0;
    while (text.n > 0) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p);
        ++*line;
        if (!split_line(cw_slice_of(text.p, n), &setting))
            return say_why(wrong, "this is no setting", "", "");
        if (setting.count != 0 && !take_setting(screen, &setting, wrong))
            return false;
        n += end != NULL;
        text = cw_slice_of(text.p + n, text.n - n);
    }
    return true;
}
