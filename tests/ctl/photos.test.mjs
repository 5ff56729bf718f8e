// outportctl photos: what the check finds, what it mends and what it leaves alone; the sweep; the list.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { photoSite } from './photos.mjs';

let site, photos;
before(() => {
	site = photoSite('op_ctl_photos');
	photos = site.photos;
});
after(() => site.dispose());
beforeEach(() => photos.empty());

const clean = () => {
	assert.deepEqual(photos.wrong(), []);
	const { status, found, report } = photos.check();
	assert.deepEqual([status, found, report.clean], [0, {}, true]);
};

test('a site without photos, and one whose photos are all there, are clean', () => {
	clean();
	const { key } = photos.add(0, 1);
	photos.add(2, 1);
	photos.picture(1, 2);
	assert.equal(photos.files().length, 12);
	clean();
	const { report } = photos.check();
	assert.deepEqual([report.objects, report.files, report.bytes, report.unknown_files], [2, 12, 240000, 0]);
	assert.match(site.ok('photos', 'check'), /^Rows without files +0 +-$/m);
	assert.match(site.ok('photos', 'check'), /^2 objects, 12 files, 0 MB\.$/m);
	assert.ok(key);
});

test('list says what the photos of a listing are', () => {
	assert.equal(site.ok('photos', 'list', '--listing', photos.listings[0]), 'No photos.\n');
	const one = photos.add(0, 1), two = photos.add(0, 2);
	assert.match(site.ok('photos', 'list', '--listing', photos.listings[0]), new RegExp(`^${one.id} +${photos.listings[0]} +1 +JPEG +123 +1600 x 1200 +\\S+ \\S+ +${one.key}\n${two.id} `, 'm'));
	const [first, second] = site.json('photos', 'list', '--listing', photos.listings[0]);
	assert.deepEqual([first.id, first.listing_id, first.member_id, first.type, first.bytes, first.width, first.height, first.key],
		[one.id, Number(photos.listings[0]), 1, 'image/jpeg', 123, 1600, 1200, one.key]);
	assert.equal(second.key, two.key);
	assert.deepEqual(site.json('photos', 'list', '--owner', '1').map((p) => p.id), [one.id, two.id]);
	assert.equal(site.ok('photos', 'list', '--owner', '99'), 'No photos.\n');
	for (const wrong of [['--listing', 'x'], [], ['--listing', '1', '--owner', '1'], ['--owner', '0']])
		assert.equal(site.run('photos', 'list', ...wrong).status, 2);
	assert.match(site.run('photos', 'records', '--sync').stderr, /the photos' rows are their only records: \[media\] meta is mysql/);
});

const findings = [
	['files without a row', 'orphan_files', ({ key }) => site.sql(`DELETE FROM photo; UPDATE listing SET photos = 0; DELETE FROM photo_object WHERE hash = UNHEX('${key}')`), { photos: 0, files: 0 }],
	['a temporary file', 'temporary_files', ({ key }) => fs.writeFileSync(photos.path(`${key.slice(0, 2)}/.new-1-2`), 'x'), { photos: 1, files: 6 }],
	['a missing file', 'lost_files', ({ key }) => fs.rmSync(photos.path(photos.filesOf(key)[3])), { photos: 0, files: 0 }],
	['an empty file', 'lost_files', ({ key }) => fs.truncateSync(photos.path(photos.filesOf(key)[0])), { photos: 0, files: 0 }],
	['a file that was cut off', 'lost_files', ({ key }) => fs.truncateSync(photos.path(photos.filesOf(key)[5]), 19999), { photos: 0, files: 0 }],
	['no file at all', 'lost_files', ({ key }) => photos.filesOf(key).forEach(name => fs.rmSync(photos.path(name))), { photos: 0, files: 0 }],
	['a file with other bytes', 'damaged_files', ({ key }) => fs.writeFileSync(photos.path(photos.filesOf(key)[4]), Buffer.alloc(20000, 'z')), { photos: 0, files: 0 }],
	['a wrong count of references', 'wrong_references', () => site.sql('UPDATE photo_object SET refs = 7'), { photos: 1, files: 6 }],
	['a count of references that would let the sweep take it', 'wrong_references', () => site.sql("UPDATE photo_object SET refs = 0, unreferenced_at = '2020-01-01'"), { photos: 1, files: 6 }],
	['a wrong count of photos', 'wrong_counts', () => site.sql('UPDATE listing SET photos = 3'), { photos: 1, files: 6 }, 5],
	['a gap in the positions', 'wrong_counts', () => site.sql('UPDATE photo SET position = 4'), { photos: 1, files: 6 }],
	['photos of a listing that was removed', 'ended_listings', () => site.sql('UPDATE listing SET state = 3 WHERE photos > 0'), { photos: 0, files: 6 }],
	['photos of a listing that is not there', 'ended_listings', () => site.sql('UPDATE photo SET listing_id = 99999999; UPDATE listing SET photos = 0'), { photos: 0, files: 6 }],
	['a picture of no object', 'lost_pictures', () => site.sql("UPDATE member SET picture = UNHEX('00112233445566778899aabbccddeeff') WHERE id = 2"), { photos: 1, files: 6 }],
];
for (const [what, kind, spoil, left, found = 1] of findings)
	test(`${what}: found, and mended when asked`, () => {
		const photo = photos.add(0, 1);
		clean();
		spoil(photo);
		photos.age();
		const first = photos.check();
		assert.deepEqual([first.status, first.found, first.mended], [1, { [kind]: found }, {}]);
		assert.deepEqual(photos.check().found, { [kind]: found }, 'looking changes nothing');
		const text = site.run('photos', 'check');
		assert.equal(text.status, 1);
		assert.match(text.stdout, new RegExp(` +${found} +-$`, 'm'));
		const mended = photos.check('--mend');
		assert.deepEqual([mended.status, mended.found, mended.mended], [0, { [kind]: found }, { [kind]: found }]);
		assert.deepEqual([Number(site.one('SELECT COUNT(*) FROM photo')), photos.files().length], [left.photos, left.files]);
		clean();
		// what was lost can be uploaded again
		assert.equal(photos.add(1, 1).status, 0);
		clean();
	});

test('a photo that is lost goes with a line of log, the others of its listing move up, pictures too', () => {
	const one = photos.add(0, 1), two = photos.add(0, 2);
	photos.add(2, 1);
	photos.picture(2, 1);
	fs.rmSync(photos.path(photos.filesOf(one.key)[0]));
	const { stderr, mended } = photos.check('--mend');
	assert.deepEqual(mended, { lost_files: 1 });
	const lines = stderr.trim().split('\n').map(line => JSON.parse(line));
	assert.deepEqual(lines.map(line => line.event).sort(), ['photo_lost', 'photo_lost', 'picture_lost']);
	assert.ok(lines.every(line => line.key === one.key));
	assert.deepEqual(site.sql('SELECT id, position FROM photo'), [[String(two.id), '0']]);
	assert.equal(site.one('SELECT COUNT(*) FROM member WHERE picture IS NOT NULL'), '0');
	clean();
});

test('an upload in flight is left alone: files younger than an hour, and rows without photos yet', () => {
	const { key } = photos.add(0, 1);
	site.sql("DELETE FROM photo; UPDATE listing SET photos = 0; DELETE FROM photo_object");
	fs.writeFileSync(photos.path(`${key.slice(0, 2)}/.new-1-2`), 'x');
	// announced, nothing stored yet
	site.sql("INSERT INTO photo_object (hash, width, height, bytes, placeholder, unreferenced_at, created_at) VALUES (REPEAT('x', 16), 320, 200, 5, '', UTC_TIMESTAMP(), UTC_TIMESTAMP())");
	photos.age(0.9);
	clean();
	assert.deepEqual(photos.check('--mend').found, {});
	assert.equal(photos.files().length, 7);
	photos.age(1.1);
	assert.deepEqual(photos.check('--mend').mended, { orphan_files: 1, temporary_files: 1 });
	assert.deepEqual(photos.files(), []);
});

test('what waits for the outbox or the sweep is no finding', () => {
	photos.add(0, 1);
	site.sql(`INSERT INTO outbox (kind, subject_id, payload, created_at, due_at) VALUES ('photos', ${photos.listings[0]}, '{}', UTC_TIMESTAMP(), UTC_TIMESTAMP()); UPDATE listing SET state = 3 WHERE photos > 0`);
	clean();
	site.sql('DELETE FROM outbox');
	assert.deepEqual(photos.check('--mend').mended, { ended_listings: 1 });
	photos.age(48);
	clean();
	assert.equal(photos.files().length, 6);
});

test('files that are none of ours are counted and left alone', () => {
	const { key } = photos.add(0, 1);
	const strangers = ['README', `${key.slice(0, 2)}/notes.txt`, `${key.slice(0, 2)}/${key}-640.webp`];
	for (const name of strangers)
		fs.writeFileSync(photos.path(name), 'x');
	photos.age();
	const { status, found, report } = photos.check('--mend');
	assert.deepEqual([status, found, report.unknown_files], [0, {}, 3]);
	assert.match(site.ok('photos', 'check'), /; 3 files that are none of ours, left alone\.$/m);
	assert.ok(strangers.every(name => fs.existsSync(photos.path(name))));
});

test('--quick reads no file, and says so by not seeing what only reading shows', () => {
	const { key } = photos.add(0, 1);
	fs.writeFileSync(photos.path(photos.filesOf(key)[4]), Buffer.alloc(20000, 'z'));
	assert.deepEqual(photos.check('--quick').found, {});
	assert.deepEqual(photos.check('--quick', '--mend').found, {});
	assert.deepEqual(photos.check().found, { damaged_files: 1 });
	fs.truncateSync(photos.path(photos.filesOf(key)[4]), 3);
	assert.deepEqual(photos.check('--quick').found, { lost_files: 1 });
});

test('an empty folder is rather the wrong one than a loss: nothing goes without --force', () => {
	for (let i = 0; i < 12; i++)
		assert.equal(photos.add(i < 6 ? 0 : 1, i).status, 0);
	fs.renameSync(photos.folder, `${photos.folder}.away`);
	const wrong = photos.check('--mend');
	assert.deepEqual([wrong.status, wrong.found, wrong.mended], [1, { lost_files: 12 }, {}]);
	assert.match(wrong.stderr, /is this the right folder, and is it mounted/);
	assert.equal(site.one('SELECT COUNT(*) FROM photo'), '12');
	fs.rmSync(photos.folder, { recursive: true });
	fs.renameSync(`${photos.folder}.away`, photos.folder);
	clean();
	fs.rmSync(photos.folder, { recursive: true });
	assert.equal(site.run('photos', 'check', '--force').status, 2);
	assert.deepEqual(photos.check('--mend', '--force').mended, { lost_files: 12 });
	assert.equal(site.one('SELECT COUNT(*) FROM photo'), '0');
	clean();
});

test('the sweep takes what nobody has had for a day, and nothing else', () => {
	const gone = photos.add(0, 1), kept = photos.add(0, 2);
	photos.add(2, 2);
	site.sql(`DELETE FROM photo WHERE listing_id = ${photos.listings[0]}; UPDATE listing SET photos = 0 WHERE id = ${photos.listings[0]}`);
	assert.deepEqual(photos.check('--mend').mended, { wrong_references: 2 });
	assert.equal(site.ok('photos', 'sweep'), '0 removed.\n');
	photos.unreferencedFor(23);
	assert.equal(site.ok('photos', 'sweep'), '0 removed.\n');
	photos.unreferencedFor(25);
	assert.equal(site.ok('photos', 'sweep'), '1 removed.\n');
	assert.deepEqual(photos.files().sort(), photos.filesOf(kept.key).sort());
	assert.equal(site.one(`SELECT COUNT(*) FROM photo_object WHERE hash = UNHEX('${gone.key}')`), '0');
	clean();
});

test('a folder that cannot be is said in a sentence', () => {
	const conf = site.file('bad.conf', fs.readFileSync(site.conf, 'utf8').replace(/^photos = .*$/m, 'photos = /proc/none/photos'));
	for (const verb of ['check', 'sweep']) {
		const { status, stderr } = site.run('--config', conf, 'photos', verb);
		assert.equal(status, 1);
		assert.match(stderr, /^outportctl: the photos' folder \/proc\/none\/photos: /);
	}
});
