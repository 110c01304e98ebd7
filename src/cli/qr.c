/* qr.c - see qr.h. */
#include "qr.h"

#include <qrencode.h>
#include <stdbool.h>
#include <unistd.h>

/* The white border that readers need, in modules: the standard wants 4, readers take 2. */
#define BORDER 2

static bool is_white(const QRcode *code, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;
    return !inside || (code->data[y * code->width + x] & 1) == 0;
}

void qr_print(FILE *out, const char *text)
{
    static const char *const blocks[] = {" ", "▄", "▀", "█"};
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    if (code == NULL)
        return;
    bool colours = isatty(fileno(out)) != 0;
    for (int y = -BORDER; y < code->width + BORDER; y += 2) {
        fputs(colours ? "\033[40;97m" : "", out);
        for (int x = -BORDER; x < code->width + BORDER; x++)
            fputs(blocks[2 * is_white(code, x, y) + is_white(code, x, y + 1)], out);
        fputs(colours ? "\033[0m\n" : "\n", out);
    }
    QRcode_free(code);
}
