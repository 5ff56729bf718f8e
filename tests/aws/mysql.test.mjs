// A real MySQL server behind the site: TLS and its own way to sign in, the migrations, what visitors, members, moderators and jobs do, and the database layer's own tests.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { promisify } from 'node:util';
import { needMysql, startMysql } from '../support/aws/mysql.mjs';
import { request } from '../support/http.mjs';
import { makeMember } from '../support/members.mjs';
import { freePort, topSrc } from '../support/nginx.mjs';
import { buildDir, startSite } from '../support/site.mjs';
import { checkTls, makeCertificates } from './database_tls.mjs';

needMysql();
const run = promisify(execFile);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-mysql-test-'));
const undo = [() => fs.rmSync(dir, { recursive: true, force: true })];
after(async () => {
	for (const one of undo.splice(0).reverse())
		await one();
});
const certificates = makeCertificates(dir);
const tls = [`--ssl-cert=${certificates('here.pem')}`, `--ssl-key=${certificates('here-key.pem')}`, `--ssl-ca=${certificates('ca.pem')}`];
const mysql = await startMysql({ args: tls, port: await freePort() });
undo.push(mysql.stop);

const database = { host: mysql.address, port: mysql.port, tls_ca: certificates('ca.pem') };
const site = await startSite({ listings: 200, database: mysql, settings: { database } });
undo.push(site.stop);
const get = (where, headers) => request(site.url + where, { headers });

test('the site signs in by caching_sha2_password through TLS', async () => {
	assert.equal(await mysql.sql("SELECT plugin FROM mysql.user WHERE user = 'outport'"), 'caching_sha2_password');
	// From now on by TLS only: all that is below comes through it.
	await mysql.sql("ALTER USER outport@'%' REQUIRE SSL; FLUSH PRIVILEGES");
	for (const id of (await mysql.sql("SELECT id FROM information_schema.processlist WHERE user = 'outport'")).split('\n'))
		await mysql.sql(`KILL ${id}`).catch(() => {});
	assert.equal((await get('/readyz')).status, 200);
	assert.match((await site.ctl('migrate', '--dry-run', '--sql', path.join(topSrc, 'sql'))).stdout, /up to date/);
});

test('every page and list that there is answers', async () => {
	const admin = await makeMember(site.sql, { email: 'admin@example.org', role: 'admin' });
	const [id, slug] = (await site.sql('SELECT id, slug FROM listing WHERE state = 1 LIMIT 1')).split('\t');
	const article = await site.sql('SELECT slug FROM resource LIMIT 1');
	const { stdout } = await run(path.join(buildDir, 'outport.fcgi'), ['--routes']);
	const whole = [...stdout.matchAll(/^GET (\/[^{\s]*)\t(?:page|fragment|feed|api|operation)\t/mg)].map(found => found[1]);
	assert.ok(whole.length > 40, whole.join(' '));
	for (const where of [...whole, `/api/v1/listings/${id}`, `/resources/${article}`])
		for (const headers of [{}, { Cookie: admin.cookie }])
			assert.ok((await get(where, headers)).status < 500, where);
	for (const where of ['/listings', '/listings?q=boat', '/listings?sort=price_asc', `/listings/${id}/${slug}`, '/feed.atom', '/sitemap.xml', '/api/v1/listings?q=wood', '/fr/listings?q=bois'])
		assert.equal((await get(where)).status, 200, where);
	for (const where of ['/account', '/account/listings', '/moderation', '/reports', '/api/v1/me'])
		assert.equal((await get(where, { Cookie: admin.cookie, Authorization: where.startsWith('/api') ? admin.bearer : '' })).status, 200, where);
	await site.ctl('jobs', '--once');
	assert.doesNotMatch(fs.readFileSync(site.pool.log, 'utf8'), /"db_error"/);
	assert.doesNotMatch(fs.readFileSync(site.jobs.log, 'utf8'), /"job_failed"|"db_error"/);
});

// Of the tests that the site has with MariaDB those that ask most of a server: all of them hold, and take minutes. A test runner inside another would leave the work to it.
const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
for (const one of ['browse', 'searches'])
	test(`tests/e2e/${one}.test.mjs`, async () => {
		await run(process.execPath, ['--test', path.join(topSrc, `tests/e2e/${one}.test.mjs`)], { env: { ...environment, OUTPORT_TEST_URL: site.url, OUTPORT_TEST_DIR: site.dir }, maxBuffer: 64 << 20 })
			.catch(error => assert.fail(error.stdout));
	});

for (const suite of ['db_login', 'listing_search'])
	test(`the database layer's suite ${suite}`, async () => {
		await run(path.join(buildDir, 'check_db'), [], { env: { ...process.env, CK_RUN_SUITE: suite, OUTPORT_TEST_SOCKET: mysql.socket, top_srcdir: topSrc }, maxBuffer: 64 << 20 }).catch(error => assert.fail(error.stdout));
	});

test('TLS to MySQL: enforced, by the right authority and name, never in clear', async () => {
	await site.pool.stop();
	await mysql.sql(`CREATE USER by_tls@'%' IDENTIFIED BY 'in a tunnel' REQUIRE SSL; GRANT SELECT ON outport.* TO by_tls@'%'; CREATE USER by_any@'%' IDENTIFIED BY 'in a tunnel'; GRANT SELECT ON outport.* TO by_any@'%'`);
	await checkTls({ dir, certificates, address: mysql.address, port: mysql.port, users: ['by_tls', 'by_any'], password: 'in a tunnel', withoutTls: ['--tls-version='], restart: mysql.restart });
});
