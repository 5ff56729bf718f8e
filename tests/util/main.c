/* The util layer's suites. Each test_*.c here brings one: add it to the list. */
#include "../support/suites.h"
#include "suites_util.h"

int main(void)
{
	return suites_run((suite_maker[]){suite_arena, suite_buf, suite_clock, suite_conf, suite_conf_docs, suite_csv, suite_err,
	                                  suite_json_pick, suite_log, suite_mac, suite_metrics, suite_metrics_files, suite_metrics_pool, suite_seal, suite_utf8, NULL});
}
