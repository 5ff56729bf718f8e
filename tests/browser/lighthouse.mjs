// Lighthouse over the pages people meet first. As a program: `node lighthouse.mjs [URL]` measures performance, five runs of each
// page one after the other on a machine that does nothing else, and wants a median of 95; it starts a site of its own without URL.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { tool } from '../support/npm.mjs';
import { stopChild, until } from '../support/nginx.mjs';
import { sharedSite } from '../support/site.mjs';
import { chromiumPath } from './browser.mjs';

// Chromium with a port for Lighthouse: { port, stop() }.
export async function startChromium() {
	const home = mkdtempSync(path.join(tmpdir(), 'outport-chromium-'));
	const child = spawn(chromiumPath, ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${home}`, '--no-first-run', '--disable-extensions',
		'--disable-background-networking', '--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : []), 'about:blank'], { stdio: 'ignore' });
	const stop = async () => {
		await stopChild(child);
		rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	};
	let port = 0;
	try {
		await until(() => {
			try {
				port = Number(readFileSync(path.join(home, 'DevToolsActivePort'), 'utf8').split('\n')[0]);
			} catch {
				return false;
			}
			return port > 0;
		}, () => 'Chromium does not open its port', 30000);
	} catch (error) {
		await stop();
		throw error;
	}
	return { port, stop };
}

// { score: { category: 0…100 }, failed: [what cost points] } of one page.
export async function audit(port, url, categories) {
	const { default: lighthouse } = await tool('lighthouse');
	const { lhr } = await lighthouse(url, { port, output: 'json', logLevel: 'error', onlyCategories: categories });
	if (lhr.runtimeError)
		throw new Error(`${url}: ${lhr.runtimeError.message}`);
	const score = {}, failed = [];
	for (const [name, category] of Object.entries(lhr.categories)) {
		score[name] = Math.round(category.score * 100);
		for (const { id, weight } of category.auditRefs) {
			const { score: one, title, displayValue, details } = lhr.audits[id];
			if (weight > 0 && one !== null && one < 1)
				failed.push(`${name}: ${title}${displayValue ? ` (${displayValue})` : ''} ${JSON.stringify(details?.items ?? []).slice(0, 300)}`);
		}
	}
	return { score, failed };
}

// The front page, the list and one listing.
export async function firstPages(url) {
	const { listings } = await (await fetch(`${url}/api/v1/listings?limit=1`)).json();
	return ['/', '/listings', listings[0].url].map(address => new URL(address, url).href);
}

async function measure() {
	const site = process.argv[2] ? { url: process.argv[2], stop: async () => {} } : await sharedSite();
	const chromium = await startChromium();
	let good = true;
	try {
		for (const page of await firstPages(site.url)) {
			const scores = [];
			for (let i = 0; i < 5; i++)
				scores.push((await audit(chromium.port, page, ['performance'])).score.performance);
			const median = [...scores].sort((a, b) => a - b)[2];
			good &&= median >= 95;
			console.log(`${median >= 95 ? 'ok    ' : 'not ok'} performance ${median} (${scores.join(' ')}) ${page}`);
		}
	} finally {
		await chromium.stop();
		await site.stop();
	}
	process.exitCode = good ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
	await measure();
