// Import and export: what comes in, what does not, and that nothing comes in twice.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { after, test } from 'node:test';
import { ended, site, until } from './tool.mjs';

const sites = [];
function make(name) {
	const s = site(name);
	sites.push(s);
	s.ok('category', 'add', 'boats', '--name-en', 'Boats', '--name-fr', 'Bateaux');
	s.ok('place', 'add', 'nain', '--name-en', 'Nain', '--name-fr', 'Nain');
	s.count = () => Number(s.one('SELECT COUNT(*) FROM listing'));
	return s;
}
after(() => { for (const s of sites) s.dispose(); });

const header = 'title,description,category,price,location,contact_name,contact_email';
const row = i => `Dory number ${i},"A good dory, the ${i}th of many.",boats,${i}.50,nain,Leo Pike,leo${i}@example.com`;
const rows = (from, to) => Array.from({ length: to - from + 1 }, (_, k) => row(from + k));
const csv = lines => [header, ...lines, ''].join('\r\n');

test('a spreadsheet comes in, pending or published', () => {
	const s = make('ctl_import');
	const text = s.ok('import', s.file('a.csv', csv(rows(1, 3))));
	assert.match(text, /3 rows checked, 0 bad\.\n3 listings imported, pending\./);
	assert.deepEqual(s.sql('SELECT title, price_minor, state, published_at IS NULL FROM listing ORDER BY id')[0], ['Dory number 1', '150', '0', '1']);
	s.ok('import', s.file('b.csv', csv(rows(4, 6))), '--publish');
	assert.equal(s.one('SELECT COUNT(*) FROM listing WHERE state = 1 AND published_at IS NOT NULL'), '3');
	assert.ok(Number(s.one('SELECT COUNT(*) FROM listing_facet')) > 0);
});

test('semicolons, a byte order mark, columns in any order, French amounts, dates', () => {
	const s = make('ctl_import_dialect');
	const text = '\ufeffPrice;title;location;category;contact_email;contact_name;published_at;stock;description\n'
		+ '"1 250,50";Une dory;nain;boats;l@example.com;Léo;2026-01-31T12:00:00Z;2;"Une bonne dory\nsur deux lignes; vraiment"\n';
	s.ok('import', s.file('a.csv', text), '--publish');
	assert.deepEqual(s.sql('SELECT price_minor, stock, published_at, contact_name, REPLACE(description, CHAR(10), \'/\') FROM listing')[0],
		['125050', '2', '2026-01-31 12:00:00', 'Léo', 'Une bonne dory/sur deux lignes; vraiment']);
});

test('JSON lines', () => {
	const s = make('ctl_import_json');
	const good = { title: 'A dory', description: 'A good dory for the food fishery', category: 'boats', price: '99.50', location: 'nain', contact_name: 'Leo', contact_email: 'l@example.com', stock: 2, published_at: null };
	s.ok('import', s.file('a.jsonl', JSON.stringify(good) + '\n\n' + JSON.stringify({ ...good, title: 'Another', price: 5 }) + '\n'));
	assert.deepEqual(s.sql('SELECT title, price_minor, stock FROM listing ORDER BY id'), [['A dory', '9950', '2'], ['Another', '500', '2']]);
	const result = s.run('import', s.file('b.jsonl', JSON.stringify({ ...good, price: 99.5, colour: 'red' }) + '\nnot json\n'));
	assert.equal(result.status, 1);
	assert.match(result.stderr, /^line 1: price: a text, a whole number or null is needed/m);
	assert.match(result.stderr, /^line 2: the line is no JSON object/m);
	assert.equal(s.count(), 2);
});

test('one bad row and nothing comes in; each mistake with its line and column', () => {
	const s = make('ctl_import_bad');
	const lines = [row(1), 'Dory,short,boats,1,nain,Leo,leo@example.com', row(3), 'Dory number 4,"A good dory,\nlonger than a line.",planes,much,nain,Leo,leo', 'one,two', row(6)];
	const file = s.file('bad.csv', csv(lines));
	const result = s.run('import', file);
	assert.equal(result.status, 1);
	assert.match(result.stderr, /^line 3: description: Write at least 20 characters\.$/m);
	assert.match(result.stderr, /^line 5: price: Enter an amount/m);
	assert.match(result.stderr, /^line 5: contact_email: Enter an e-mail/m);
	assert.match(result.stderr, /^line 7: the row has 2 cells, the header 7$/m);
	assert.match(result.stderr, /bad\.csv: 3 of 6 rows are bad: nothing was imported/);
	assert.equal(s.count(), 0);

	const skipped = s.ok('import', file, '--skip-bad');
	assert.match(skipped, /6 rows checked, 3 bad\.\n3 listings imported/);
	assert.deepEqual(s.sql('SELECT title FROM listing ORDER BY id').flat(), ['Dory number 1', 'Dory number 3', 'Dory number 6']);
	assert.match(s.ok('import', file, '--skip-bad'), /1 of 1 batches of this file were in already\.\n0 listings imported/);
	assert.equal(s.count(), 3);
});

test('fifty mistakes are shown, the rest counted', () => {
	const s = make('ctl_import_many_bad');
	const result = s.run('import', s.file('bad.csv', csv(Array.from({ length: 80 }, () => row(1).replace('boats', 'planes')))));
	assert.equal(result.stderr.match(/^line \d+: category: there is no category "planes"$/gm).length, 50);
	assert.match(result.stderr, /\.\.\. and 30 more mistakes\./);
});

test('a dry run changes nothing', () => {
	const s = make('ctl_import_dry');
	assert.match(s.ok('import', s.file('a.csv', csv(rows(1, 30))), '--dry-run'), /30 rows checked, 0 bad\.\n30 listings would be imported\./);
	assert.equal(s.count(), 0);
	assert.equal(s.one('SELECT COUNT(*) FROM import_batch'), '0');
	assert.equal(s.run('import', s.file('b.csv', csv(['bad'])), '--dry-run').status, 1);
	assert.match(s.ok('import', s.file('b.csv', csv(['bad', row(1)])), '--dry-run', '--skip-bad'), /1 listings would be imported/);
	assert.equal(s.count(), 0);
});

test('killed half-way, it goes on where it stopped', async () => {
	const s = make('ctl_import_killed');
	const n = 12500, file = s.file('big.csv', csv(rows(1, n)));
	const child = s.start('import', file, '--publish');
	const end = ended(child);
	await until(child, () => s.one('SELECT COUNT(*) FROM import_batch') !== '0');
	child.kill('SIGKILL');
	assert.equal((await end).signal, 'SIGKILL');
	const there = s.count();
	assert.ok(there > 0 && there < n && there % 1000 === 0, String(there));
	assert.match(s.ok('import', file, '--publish'), /of 13 batches of this file were in already\.\n/);
	assert.equal(s.count(), n);
	assert.equal(s.one('SELECT COUNT(DISTINCT contact_email) FROM listing'), String(n));
	assert.equal(s.one('SELECT COUNT(DISTINCT listing_id) FROM listing_facet'), String(n));
	assert.match(s.ok('import', file, '--publish'), /13 of 13 batches of this file were in already\.\n0 listings imported/);
	assert.equal(s.count(), n);
});

test('a lost connection is said, and what is missing comes in the next time', async () => {
	const s = make('ctl_import_lost');
	const n = 8500, file = s.file('lost.csv', csv(rows(1, n)));
	const child = s.start('import', file);
	const end = ended(child);
	await until(child, () => s.one('SELECT COUNT(*) FROM import_batch') !== '0');
	// a read would be asked again on a new connection: until it hits a batch on its way in
	await until(child, () => {
		const connection = s.sql('SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()')[0];
		if (connection) s.sql(`DELIMITER //\nBEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR 1094 BEGIN END; KILL ${connection[0]}; END //`);
		return false;
	});
	const result = await end;
	assert.equal(result.status, 1);
	assert.match(result.stderr, /outportctl: the import stopped: .*\n\d+ listings are in; run the same command again and it goes on behind them\./);
	assert.ok(s.count() < n && s.count() % 1000 === 0);
	s.ok('import', file);
	assert.equal(s.count(), n);
	assert.equal(s.one('SELECT COUNT(DISTINCT contact_email) FROM listing'), String(n));
});

// The most memory a program has had, in KiB, as long as it runs.
const peak = pid => {
	try {
		return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
};

test('memory does not grow with the file', async () => {
	const s = make('ctl_import_memory');
	const measure = async n => {
		const child = s.start('import', s.file('memory.csv', csv(rows(1, n))), '--dry-run');
		const end = ended(child);
		let most = 0, over = false;
		end.then(() => { over = true; });
		while (!over) {
			most = Math.max(most, peak(child.pid));
			await new Promise(resolve => setImmediate(resolve));
		}
		const result = await end;
		assert.equal(result.status, 0, result.stderr);
		return most;
	};
	// On a busy machine a run may be over before it was looked at.
	let small = 0;
	for (let i = 0; i < 5 && small < 1024; i++)
		small = await measure(20000);
	const big = await measure(80000);
	assert.ok(small >= 1024 && big >= small / 2, `${small} and ${big} KiB were seen`);
	assert.ok(big - small < 4 * 1024, `${small} KiB for 20,000 rows, ${big} KiB for 80,000`);
});

test('twice at once: each row once', async () => {
	const s = make('ctl_import_race');
	const file = s.file('a.csv', csv(rows(1, 5000)));
	const results = await Promise.all([ended(s.start('import', file)), ended(s.start('import', file))]);
	for (const result of results) assert.equal(result.status, 0, result.stderr);
	assert.equal(s.count(), 5000);
});

test('a full disk is named', async () => {
	const { spawnSync } = await import('node:child_process');
	const s = make('ctl_export_full');
	s.ok('demo-data', '--listings', '200');
	const result = spawnSync('sh', ['-c', '"$0" --config "$1" export >/dev/full', s.program, s.conf], { encoding: 'utf8' });
	assert.equal(result.status, 1);
	assert.match(result.stderr, /cannot be written: No space left on device/);
});

test('what is exported comes back byte for byte, and no cell is a formula', () => {
	const s = make('ctl_export');
	const odd = ['=1+1 is two', '+1 709 call me', '-5 to 20 degrees', '@noon today', "'=quoted", '"Say yes", she said', 'Tab\tand; semicolon', 'Île Fogo — œuvre', "'tis a dory"];
	const lines = odd.map((title, i) => JSON.stringify({ title, description: `${title}\nA good dory, "the best", on two lines.`, category: 'boats', price: `${i}.05`, location: 'nain', contact_name: '=Leo', contact_email: `l${i}@example.com`, published_at: '2026-02-03T04:05:06Z', stock: i + 1 }));
	s.ok('import', s.file('odd.jsonl', lines.join('\n')), '--publish');
	const copy = 'SELECT title, HEX(description), price_minor, stock, contact_name, contact_email, published_at FROM listing ORDER BY id';
	const before = s.sql(copy);
	const table = s.ok('export');
	for (const cell of ['"\'=1+1 is two"', '"\'+1 709 call me"', '"\'-5 to 20 degrees"', '"\'@noon today"', '"\'\'=quoted"', "'tis a dory", '"\'=Leo"']) assert.ok(table.includes(`,${cell},`), cell);
	const exports = [['csv', table], ['jsonl', s.ok('export', '--format', 'jsonl')]];
	for (const [format, text] of exports) {
		const other = make('ctl_export_back');
		other.ok('import', other.file(`back.${format}`, text), '--publish');
		assert.deepEqual(other.sql(copy), before, format);
		other.dispose();
	}
});

test('exports by state, and to a file only its owner reads', () => {
	const s = make('ctl_export_state');
	s.ok('import', s.file('a.csv', csv(rows(1, 3))));
	assert.equal(s.ok('export').split('\r\n').length, 2);
	assert.equal(s.ok('export', '--state', 'pending').match(/Dory number/g).length, 3);
	const out = s.file('out.csv', 'what was there before');
	assert.match(s.ok('export', '--state', 'pending', '--output', out), /3 listings written/);
	assert.equal(fs.statSync(out).mode & 0o777, 0o600);
	assert.match(fs.readFileSync(out, 'utf8'), /^id,state,title,/);
	assert.ok(!fs.existsSync(`${out}.part`));
	for (const [args, text] of [
		[['--format', 'xml'], /--format: csv or jsonl/],
		[['--state', 'gone'], /--state: pending, published/],
		[['--output', s.dir], /is there and is no file/],
		[['--output', '/nowhere/a.csv'], /\/nowhere\/a\.csv\.part cannot be made: No such file/],
	]) assert.match(s.run('export', ...args).stderr, text);
	const full = spawnSync('sh', ['-c', '"$0" export --state pending >/dev/full', s.program], { encoding: 'utf8', env: { ...process.env, OUTPORT_CONFIG: s.conf } });
	assert.equal(full.status, 1);
	assert.match(full.stderr, /the output cannot be written: No space left on device/);
});

test('files that cannot be imported', () => {
	const s = make('ctl_import_refused');
	for (const [name, content, text] of [
		['a.csv', '', /a\.csv: the file is empty/],
		['a.csv', 'title,colour\n', /a\.csv: line 1: there is no column "colour"/],
		['a.csv', 'title\n', /a\.csv: line 1: the column "description" is missing/],
		['a.csv', `title,${header}\n`, /stands there twice/],
		['a.csv', Buffer.from('titr\xe9,x\n', 'latin1'), /not in UTF-8/],
		['a.xls', 'x', /a\.xls: its name ends neither in \.csv nor in \.jsonl/],
	]) {
		const result = s.run('import', s.file(name, content));
		assert.notEqual(result.status, 0);
		assert.match(result.stderr, text);
	}
	assert.match(s.run('import', '/nowhere.csv').stderr, /\/nowhere\.csv: No such file/);
	assert.match(s.run('import', '/dev/null', '--format', 'csv').stderr, /\/dev\/null: not a file/);
	assert.match(s.run('import', '/dev/null', '--format', 'xml').stderr, /--format: csv or jsonl/);
	assert.equal(s.count(), 0);
	// a header alone is a good file of nothing
	assert.match(s.ok('import', s.file('none.csv', `${header}\n`)), /0 rows checked, 0 bad\.\n0 listings imported/);
});
