/* qr_svg: a QR code (ISO/IEC 18004, level M) as an inline SVG, black on white in any colour scheme, with its quiet zone. */
#pragma once

#include "render/html.h"

/* label: its name, for whoever does not see it. b's error is set when the text does not fit a code or memory is out. */
void qr_svg(struct buf *b, const char *text, const char *label);
