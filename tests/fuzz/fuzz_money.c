/* Amounts: what is accepted is within bounds, prints, and reads back the same by both parsers. The first byte chooses the
 * currency's digits. */
#include <string.h>

#include "fuzz.h"
#include "model/money.h"

static int64_t digits_value(const char *s)
{
	int64_t v = 0;
	for (; *s != '\0'; s++)
		if (*s >= '0' && *s <= '9')
			v = v * 10 + (*s - '0');
	return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 1000)
		return 0;
	int digits = data[0] % 4;
	char text[1001], out[32];
	int64_t typed = -1, machine = -1, again = -1;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	enum err e = money_parse(text, digits, &typed);
	HOLDS(e == ERR_OK || e == ERR_INVALID || e == ERR_RANGE);
	HOLDS((e == ERR_OK) == (typed >= 0));
	if (e == ERR_OK) {
		HOLDS(typed <= MONEY_LIMIT);
		HOLDS(strchr(text, '-') == NULL);
		money_decimal(typed, digits, out);
		HOLDS(money_parse_decimal(out, digits, &again) == ERR_OK && again == typed);
		again = -1;
		HOLDS(money_parse(out, digits, &again) == ERR_OK && again == typed);
		/* No digit is lost or made up: those typed are the amount's, short of zeros that fill up its decimals. */
		int64_t shown = digits_value(text);
		for (int i = 0; i < digits && shown != typed; i++)
			shown *= 10;
		HOLDS(shown == typed);
	}
	e = money_parse_decimal(text, digits, &machine);
	HOLDS((e == ERR_OK) == (machine >= 0));
	if (e == ERR_OK)
		HOLDS(machine == typed);
	return 0;
}
