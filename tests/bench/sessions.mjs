// What being signed in costs: statements and CPU of a page with a session and without; the CPU of signing in and of Argon2id by itself.
import path from 'node:path';
import { makeMember } from '../support/members.mjs';
import { cpuOf, median } from './measure.mjs';
import { run } from './stage.mjs';

const ASKED = 100, SIGN_INS = 20;

export async function sessions({ database, peers, nginx, build, rounds, roundsOf }) {
	const root = (text, name = 'bench') => run('mariadb', ['--no-defaults', '-S', database.socket, '-u', 'root', '-N', '-B', '-e', text, name]).trim();
	const who = await makeMember(async (text) => root(text));
	const base = `${nginx.url}/outport/site`, headers = { Cookie: who.cookie };
	const page = await (await fetch(`${base}/api/v1/listings?limit=1`)).json();
	const pages = { list: `${base}/listings`, listing: base + page.listings[0].url };
	const executed = () => Number(root("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'").split('\t')[1]);
	const groups = [peers.group('outport'), database.group];
	const result = { pages: new Map(), signIn: [], bare: [] };

	for (const [name, url] of Object.entries(pages)) {
		const statements = {};
		for (const [kind, more] of [['without', {}], ['with', headers]]) {
			const ask = async () => {
				const r = await fetch(url, { headers: more, redirect: 'manual' });
				if (r.status !== 200) throw new Error(`${url}: ${r.status}`);
				return r.text();
			};
			// Warm: the catalog and the counts are remembered, every worker has read its keys. What they read anew meanwhile is in the rest over ASKED.
			for (let i = 0; i < ASKED; i++) await ask();
			const before = executed();
			for (let i = 0; i < ASKED; i++) await ask();
			statements[kind] = (executed() - before) / ASKED;
		}
		const cpu = await roundsOf([['without', {}], ['with', headers]].map(([key, more]) => ({ key, url, headers: more, groups })));
		result.pages.set(name, { statements, cpu });
	}

	const hash = root(`SELECT password_hash FROM member WHERE id = ${who.id}`);
	for (let i = 0; i < rounds; i++) {
		const before = cpuOf(peers.group('outport').pids());
		for (let k = 0; k < SIGN_INS; k++) {
			const r = await fetch(`${base}/api/v1/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: who.email, password: who.password }) });
			if (r.status !== 201) throw new Error(`sign-in: ${r.status}: ${await r.text()}`);
		}
		result.signIn.push(((cpuOf(peers.group('outport').pids()) - before) * 1e6) / SIGN_INS);
		result.bare.push(Number(run(path.join(build, 'bench-argon2'), [hash, who.password])));
	}
	return { ...result, signIn: median(result.signIn), bare: median(result.bare) };
}
