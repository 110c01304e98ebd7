/* choices.c - see choices.h. */
#include "screen/choices.h"

#include <stdio.h>
#include <string.h>

#include "chat/talk.h"
#include "screen/speak.h"

#define FIRST_LINE "chinwag-choices 1\n"
#define LINE_MAX   300

static void add_choice(char text[CW_CHOICES_MAX], const char *word, const char *value)
{
    size_t n = strlen(text);
    snprintf(text + n, CW_CHOICES_MAX - n, "%s %.256s\n", word, value);
}

void cw_choices_write(const struct cw_screen *screen, char text[CW_CHOICES_MAX])
{
    const char *device = screen->chat->talk.device;
    snprintf(text, CW_CHOICES_MAX, FIRST_LINE);
    if (screen->theme_chosen)
        add_choice(text, "theme", cw_theme_name(screen->theme));
    if (screen->mouse_chosen)
        add_choice(text, "mouse", screen->mouse ? "on" : "off");
    if (device != NULL && strchr(device, '\n') == NULL)
        add_choice(text, "device", device);
    if (screen->talk_chosen)
        add_choice(text, screen->talk_on ? "ptt on" : "ptt off",
                   cw_speak_key_name(screen->talk_key));
}

/* Behind the word; NULL: the line has another one. */
static const char *value_of(const char *line, const char *word)
{
    size_t n = strlen(word);
    return strncmp(line, word, n) == 0 && line[n] == ' ' && line[n + 1] != 0 ? line + n + 1 : NULL;
}

static void take_talk(struct cw_screen *screen, const char *line)
{
    const char *on = value_of(line, "ptt on"), *off = value_of(line, "ptt off");
    int32_t key = on != NULL ? cw_speak_key_named(on) : off != NULL ? cw_speak_key_named(off) : 0;
    if (key == 0)
        return;
    screen->talk_key = key;
    screen->talk_on = on != NULL;
    screen->talk_chosen = true;
    cw_talk_arm(screen->chat, screen->talk_on);
}

static void take_choice(struct cw_screen *screen, const char *line)
{
    const char *theme = value_of(line, "theme"), *mouse = value_of(line, "mouse");
    const char *device = value_of(line, "device");
    if (theme != NULL)
        screen->theme_chosen = cw_theme_read(theme, &screen->theme);
    if (mouse != NULL) {
        screen->mouse = strcmp(mouse, "on") == 0;
        screen->mouse_chosen = true;
    }
    if (device != NULL)
        cw_talk_set_device(screen->chat, device);
    take_talk(screen, line);
}

bool cw_choices_read(struct cw_screen *screen, const char *text)
{
    char line[LINE_MAX];
    if (strncmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
        return false;
    for (text += strlen(FIRST_LINE); *text != 0;) {
        size_t n = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", n < sizeof line ? (int)n : 0, text);
        take_choice(screen, line);
        text += n + (text[n] == '\n');
    }
    return true;
}
