#include "render/qr_svg.h"

#include <errno.h>
#include <qrencode.h>

enum { QUIET = 4 }; /* modules: ISO/IEC 18004, 6.3.8 */

static void put_row(struct buf *b, const unsigned char *row, int width, int y)
{
	for (int x = 0, run; x < width; x += run) {
		run = 1;
		if ((row[x] & 1) == 0)
			continue;
		while (x + run < width && (row[x + run] & 1) != 0)
			run++;
		html_lit(b, "M");
		html_int(b, x + QUIET);
		html_lit(b, " ");
		html_int(b, y + QUIET);
		html_lit(b, "h");
		html_int(b, run);
		html_lit(b, "v1h-");
		html_int(b, run);
		html_lit(b, "z");
	}
}

void qr_svg(struct buf *b, const char *text, const char *label)
{
	errno = 0;
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (code == NULL) {
		b->error = errno == ENOMEM ? ERR_NOMEM : ERR_TOO_LARGE;
		return;
	}
	int side = code->width + 2 * QUIET;
	html_lit(b, "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"");
	html_attr(b, label);
	html_lit(b, "\" viewBox=\"0 0 ");
	html_int(b, side);
	html_lit(b, " ");
	html_int(b, side);
	html_lit(b, "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h");
	html_int(b, side);
	html_lit(b, "v");
	html_int(b, side);
	html_lit(b, "H0z\"/><path fill=\"#000\" d=\"");
	for (int y = 0; y < code->width; y++)
		put_row(b, code->data + (size_t)y * (size_t)code->width, code->width, y);
	html_lit(b, "\"/></svg>\n");
	QRcode_free(code);
}
