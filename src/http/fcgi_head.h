/* fcgi_head: looks over the head of a FastCGI request (FastCGI 1.0, sections 3.3 and 5) without taking it from the
 * socket, so that libfcgi is only handed what it parses without waiting, aborting or overrunning: BEGIN_REQUEST as
 * a responder, PARAMS records whose name and value lengths add up, the empty PARAMS record, the header of the
 * first STDIN record. Padding after BEGIN_REQUEST and the empty PARAMS record, which libfcgi 2.4.2 takes for the next
 * record, is refused. Pure: bytes in, verdict out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* FCGI_HEAD_MAX: most bytes of a head, record headers and padding included. */
enum { FCGI_HEAD_MAX = 72 << 10, FCGI_PARAMS_MAX = 64 << 10, FCGI_HEADER_SIZE = 8 };

/* Record types (section 8) that this program reads or writes. */
enum fcgi_type { FCGI_TYPE_BEGIN = 1, FCGI_TYPE_END = 3, FCGI_TYPE_PARAMS = 4, FCGI_TYPE_STDIN = 5, FCGI_TYPE_STDOUT = 6 };

enum fcgi_head_state {
	FCGI_HEAD_PARTIAL,   /* good so far; more must come */
	FCGI_HEAD_WHOLE,
	FCGI_HEAD_BAD,       /* no FastCGI, another role, a management record, a second request in between */
	FCGI_HEAD_TOO_LARGE  /* over FCGI_PARAMS_MAX of parameters, or a length inside them that claims as much */
};

struct fcgi_head {
	unsigned request_id; /* 0 until BEGIN_REQUEST is whole */
	bool keep;           /* FCGI_KEEP_CONN */
	bool body;           /* WHOLE: the first STDIN record is not the empty one */
	bool more;           /* WHOLE, no body: further bytes follow the request, which libfcgi would lose or leave lying */
};

enum fcgi_head_state fcgi_head_scan(const unsigned char *p, size_t n, struct fcgi_head *out);
