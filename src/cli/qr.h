/* qr.h - a text as a QR code, by libqrencode. */
#ifndef CHINWAG_CLI_QR_H
#define CHINWAG_CLI_QR_H

#include <stdio.h>

/* Prints the code in half blocks, two modules a character; nothing when the text is too long for
 * one. A terminal is told black and white, so that it can be read whatever its colours are. */
void qr_print(FILE *out, const char *text);

#endif
