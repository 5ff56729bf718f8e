// A photo on its way into the store, killed at every step, out of space at every step, and in company: no row ever names files that are not there, and once
// the check and the sweep have been by, no file is there that no row names.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { photoSite, probe } from '../ctl/photos.mjs';
import { ended } from '../ctl/tool.mjs';
import { until } from '../support/nginx.mjs';

let site, photos, number = 100;
before(() => {
	site = photoSite('op_fault_photos');
	photos = site.photos;
});
after(() => site.dispose());
beforeEach(() => photos.empty());

const settled = () => until(() => photos.quiet(), () => `connections: ${site.sql('SHOW FULL PROCESSLIST').join('\n')}`);
// What a site does in a day: the check, which mends, and the sweep. Nothing is left that nobody names.
async function aDayLater() {
	await settled();
	assert.deepEqual(photos.wrong(), [], 'before anything is mended');
	photos.age();
	photos.unreferencedFor(25);
	assert.equal(photos.check('--mend').status, 0);
	assert.match(site.ok('photos', 'sweep'), /^\d+ removed\.\n$/);
	assert.deepEqual(photos.orphans(), []);
	assert.deepEqual(photos.wrong(), []);
	assert.deepEqual(photos.check().found, {});
}

const strace = (...options) => ['strace', '-f', '-qq', '-o', '/dev/null', ...options];
// How often an upload makes each call, from the first thing that has to do with it on: { name: [which ones] }.
function steps(calls) {
	const trace = path.join(site.dir, 'trace');
	const { status } = photos.under(['strace', '-f', '-qq', '-y', '-e', `trace=${calls.join(',')}`, '-o', trace], 0, number++);
	assert.equal(status, 0);
	const seen = new Map(), list = [];
	let begun = false;
	for (const line of fs.readFileSync(trace, 'utf8').split('\n')) {
		if (line.includes('.gcda')) // a build that measures coverage writes what it saw, when all is done
			break;
		const name = /^\d+ +(\w+)\(/.exec(line)?.[1];
		if (!name)
			continue;
		seen.set(name, (seen.get(name) ?? 0) + 1);
		// the announcement's row is the first thing that lasts
		begun ||= line.includes('INSERT INTO photo_object') || line.includes('photo_object') || line.includes(photos.folder);
		if (begun)
			list.push([name, seen.get(name)]);
	}
	return list;
}

const STORING = ['mkdirat', 'fchmod', 'fsync', 'renameat', 'write', 'openat'];
const TALKING = ['sendto', 'recvfrom'];

test('an upload makes the calls that this test stops', () => {
	const names = steps([...STORING, ...TALKING]).map(([name]) => name);
	for (const [name, times] of [['mkdirat', 1], ['fsync', 8], ['renameat', 6], ['write', 6], ['sendto', 10]])
		assert.ok(names.filter(one => one === name).length >= times, `${name}: ${names.join(' ')}`);
});

for (const call of [...STORING, ...TALKING])
	test(`killed at each ${call}: no row points at nothing, no file stays`, async () => {
		// how often it looks for an answer hangs on how soon the server gives it: from the first time on, until a run comes to its end
		const reads = call === 'recvfrom', list = reads ? Array.from({ length: 1000 }, (_, i) => [call, i + 1]) : steps([call]);
		let killed = 0, there = 0;
		assert.ok(list.length > 0);
		for (const [name, nth] of list) {
			photos.empty();
			const { signal, status } = photos.under(strace('-e', `trace=${name}`, '-e', `inject=${name}:signal=KILL:when=${nth}`), 0, number);
			if (reads && signal !== 'SIGKILL') {
				assert.equal(status, 0);
				break;
			}
			killed += signal === 'SIGKILL';
			await settled();
			there += Number(site.one('SELECT COUNT(*) FROM photo'));
			await aDayLater();
			// and again, as somebody would
			const again = photos.add(0, number++);
			assert.equal(again.status, 0, `${name} ${nth}: ${again.error}`);
			assert.deepEqual([photos.wrong(), photos.files().length], [[], 6]);
		}
		assert.ok(reads ? killed >= 10 : killed === list.length, `${killed} runs were killed`);
		// only behind the last word to the database the photo is in
		assert.ok(TALKING.includes(call) || call === 'write' || there === 0, `${there} photos after a kill`);
	});

for (const [call, error, said] of [['mkdirat', 'ENOSPC'], ['openat', 'ENOSPC'], ['openat', 'EDQUOT'], ['write', 'ENOSPC'], ['write', 'EDQUOT'], ['write', 'EFBIG'], ['fsync', 'ENOSPC'],
	['fsync', 'EIO', 'input/output error'], ['renameat', 'ENOSPC'], ['renameat', 'EIO', 'input/output error'], ['close', 'EIO', 'input/output error']])
	test(`${error} from each ${call}: the upload says so, and nothing half is left`, async () => {
		const list = steps([call]);
		let failed = 0;
		for (const [name, nth] of list) {
			photos.empty();
			const result = photos.under(strace('-e', `trace=${name}`, '-e', `inject=${name}:error=${error}:when=${nth}`), 0, number++);
			await settled();
			if (result.status === 0) {
				// a call that storing does not hang on: reading the configuration, saying what came of it
				assert.equal(photos.files().length, 6);
			} else if (result.error === (said ?? 'no space left')) {
				failed++;
				assert.deepEqual([photos.files(), site.one('SELECT COUNT(*) FROM photo')], [[], '0'], `${name} ${nth}`);
			}
			assert.deepEqual(photos.wrong(), []);
		}
		await aDayLater();
		assert.ok(failed >= { mkdirat: 1, openat: 6, write: 6, fsync: 7, renameat: 6, close: 1 }[call], `${failed} of ${list.length} failed`);
	});

// In a mount namespace of its own: what it leaves is listed there, and gone with it.
function onFullDisk(options, fill = ':') {
	const result = spawnSync('unshare', ['-rm', 'sh', '-c', `mount -t tmpfs -o mode=755,${options} tmpfs "$1" || exit 77; cd "$1"; ${fill}; "$2" "$3" add 1 "$4" "$5" || status=$?; find . -type f -name '*-*' | wc -l; exit $status`,
		'sh', photos.folder, probe, site.conf, photos.listings[0], String(number++)], { encoding: 'utf8' });
	return { ...result, refused: result.status === 77 || result.error !== undefined || /unshare failed|Operation not permitted/.test(result.stderr) };
}

for (const [what, options, fill, fits] of [
	['room for none', 'size=4k', 'head -c 4096 /dev/zero >full'], ['room for one file', 'size=28k'], ['room for five files', 'size=108k'], ['no inode for the folder', 'nr_inodes=1'],
	['inodes for three files', 'nr_inodes=5'], ['room for all', 'size=1m', undefined, true],
])
	test(`a real disk with ${what}`, async t => {
		fs.mkdirSync(photos.folder, { recursive: true });
		const result = onFullDisk(options, fill);
		if (result.refused)
			return t.skip('this machine lets nobody mount anything: the tests above make the calls fail instead');
		const [said, left] = result.stdout.trim().split('\n');
		assert.match(said, fits ? / no error$/ : / no space left$/);
		assert.equal(Number(left), fits ? 6 : 0);
		assert.equal(site.one('SELECT COUNT(*) FROM photo'), fits ? '1' : '0');
		if (!fits)
			await aDayLater();
	});

// Not from innodb_trx: InnoDB shows there what it last saw until nobody has looked for a tenth of a second.
const waits = () => until(() => site.one("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Innodb_row_lock_current_waits'") !== '0', () => 'nobody waits for the row');

test('the sweep waits for an upload of the same photo, and then leaves it', async () => {
	photos.add(0, 1);
	site.sql("DELETE FROM photo; UPDATE listing SET photos = 0; UPDATE photo_object SET refs = 0, unreferenced_at = '2020-01-01'");
	const upload = await photos.hold(2, 1);
	const sweep = ended(site.start('photos', 'sweep'));
	await waits();
	assert.equal(photos.files().length, 6);
	assert.equal((await upload.end()).status, 0);
	assert.equal((await sweep).stdout, '0 removed.\n');
	assert.equal(photos.files().length, 6);
	await aDayLater();
});

test('two uploads and the sweep of the same photo at once', async () => {
	photos.add(0, 1);
	site.sql("DELETE FROM photo; UPDATE listing SET photos = 0; UPDATE photo_object SET refs = 0, unreferenced_at = '2020-01-01'");
	const sweep = ended(site.start('photos', 'sweep')), uploads = [0, 2].map(of => photos.hold(of, 1).then(upload => upload.end()));
	const results = await Promise.all(uploads);
	assert.deepEqual(results.map(result => result.status), [0, 0]);
	assert.match((await sweep).stdout, /^[01] removed\.\n$/);
	assert.deepEqual([photos.wrong(), photos.files().length], [[], 6]);
	await aDayLater();
});

test('the check that mends leaves an upload in flight, of a photo whose old files no row had', async () => {
	photos.add(0, 1);
	site.sql('DELETE FROM photo; UPDATE listing SET photos = 0; DELETE FROM photo_object');
	photos.age();
	const upload = await photos.hold(2, 1);
	const check = ended(site.start('photos', 'check', '--mend', '--json'));
	const { status } = await upload.end();
	assert.equal(status, 0);
	assert.equal((await check).status, 0);
	assert.deepEqual([photos.wrong(), photos.files().length], [[], 6]);
	await aDayLater();
});

test('two sweeps at once remove each object once, and two checks mend each finding', async () => {
	const keys = Array.from({ length: 8 }, (_, i) => photos.add(0, i).key);
	site.sql("DELETE FROM photo; UPDATE listing SET photos = 0; UPDATE photo_object SET refs = 0, unreferenced_at = '2020-01-01'");
	const kept = photos.add(2, 3).key;
	const removed = await Promise.all([1, 2].map(async () => {
		const { status, stdout } = await ended(site.start('photos', 'sweep'));
		assert.equal(status, 0);
		return parseInt(stdout, 10);
	}));
	assert.equal(removed[0] + removed[1], keys.length - 1);
	assert.deepEqual(photos.files().sort(), photos.filesOf(kept).sort());
	fs.rmSync(photos.path(photos.filesOf(kept)[2]));
	for (let i = 0; i < 4; i++)
		photos.add(0, i);
	site.sql(`DELETE FROM photo WHERE listing_id = ${photos.listings[0]}; UPDATE listing SET photos = 5 WHERE id = ${photos.listings[0]}; DELETE FROM photo_object WHERE hash NOT IN (SELECT hash FROM photo)`);
	photos.age();
	const checks = await Promise.all([1, 2].map(() => ended(site.start('photos', 'check', '--mend'))));
	assert.ok(checks.every(({ signal }) => signal === null));
	await aDayLater();
});
