#include "render/qr_svg.h"

#include <errno.h>
#include <qrencode.h>

enum { QUIET = 4 }; /* modules: ISO/IEC 18004, 6.3.8 */

/* How many modules from here on are dark. */
static int dark_run(const QRcode *code, int x, int y)
{
	int run = 0;
	while (x + run < code->width && (code->data[y * code->width + x + run] & 1) != 0)
		run++;
	return run;
}

static void put_code(struct buf *b, const QRcode *code, const char *label)
{
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
	/* the dark modules of a row that touch are one bar */
	for (int y = 0; y < code->width; y++) {
		for (int x = 0, run; x < code->width; x += run + 1) {
			run = dark_run(code, x, y);
			if (run == 0)
				continue;
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
	html_lit(b, "\"/></svg>\n");
}

void qr_svg(struct buf *b, const char *text, const char *label)
{
	errno = 0;
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (code == NULL) {
		b->error = errno == ENOMEM ? ERR_NOMEM : ERR_TOO_LARGE;
		return;
	}
	put_code(b, code, label);
	QRcode_free(code);
}
