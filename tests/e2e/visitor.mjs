// A site of its own for a test file, with the calls a visitor, a browser and a broken program make.
import { after } from 'node:test';
import { request, raw } from '../support/http.mjs';
import { until } from '../support/nginx.mjs';
import { startSite } from '../support/site.mjs';

// The windows of limits are of the clock: a test that begins near the end of one waits for the next.
export const roomInWindow = seconds => until(() => seconds - Date.now() / 1000 % seconds > 60, () => 'the next window', 90000);

export async function openSite(options = { listings: 3000 }) {
	const site = await startSite(options);
	after(() => site.stop());
	const { url } = site;
	return {
		url, host: new URL(url).host, origin: new URL(url).origin, conf: site.conf, sql: site.sql, dir: site.dir,
		accessLog: site.accessLog, poolLog: site.pool?.log, pids: () => site.pool.pids(), replace: () => site.pool.replace(),
		get: (path, headers) => request(url + path, { headers }),
		post: (path, body, headers, from) => request(url + path, { method: 'POST', body, from, headers: { 'Content-Length': Buffer.byteLength(body), ...headers } }),
		request: (method, path, more = {}) => request(url + path, { method, ...more }),
		// The status and all that came back for bytes sent as they are.
		async raw(text) {
			const answer = await raw(site.port, text);
			return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1]), text: answer };
		},
		ctl: async (...args) => (await site.ctl(...args)).stdout,
		until: (test, what) => until(test, () => what),
		// The token a form page carries.
		async formAge() {
			return /name="_age" value="([^"]+)"/.exec((await request(`${url}/submit`)).body)[1];
		},
	};
}
