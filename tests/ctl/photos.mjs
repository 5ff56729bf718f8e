// What the tests of photos share, on a site of tool.mjs: two members with listings, photos that photo_probe puts there, and what lies in the folder.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ended, site as makeSite, top } from './tool.mjs';

export const probe = path.join(process.env.top_builddir ?? path.join(top, 'build/dev'), 'photo_probe');
const HOURS = 3600;

// Listing 1 and 2 are member 1's, listing 3 member 2's.
export function photoSite(name) {
	const site = makeSite(name);
	const folder = path.join(site.dir, 'photos'), holding = new Set(), { dispose } = site;
	fs.appendFileSync(site.conf, `[media]\nphotos = ${folder}\n`);
	site.ok('demo-data', '--listings', '5');
	const [first, second, third] = site.sql('SELECT id FROM listing ORDER BY id').flat();
	site.sql(`INSERT INTO member (id, email, name, password_hash, created_at) VALUES (1, 'elsie@example.com', 'Elsie', 'x', UTC_TIMESTAMP()), (2, 'leo@example.com', 'Leo', 'x', UTC_TIMESTAMP());
		UPDATE listing SET member_id = 1, state = 1 WHERE id IN (${first}, ${second}); UPDATE listing SET member_id = 2, state = 1 WHERE id = ${third}`);
	const args = (verb, ...rest) => [site.conf, verb, ...rest.map(String)];
	const answer = ({ status, signal, stdout }) => {
		const [, key, id, error] = /^(?:holds\n)?(\w*) (\d+) (.*)\n$/.exec(stdout) ?? [];
		return { status, signal, key, id: Number(id), error };
	};
	const photos = {
		folder, listings: [first, second, third],
		// By the owner of listing number `of` (0 to 2): { status, key, id, error }.
		add: (of, number) => answer(spawnSync(probe, args('add', of < 2 ? 1 : 2, photos.listings[of], number), { encoding: 'utf8' })),
		picture: (member, number) => answer(spawnSync(probe, args('picture', member, number), { encoding: 'utf8' })),
		// The same with a program before it: a tracer.
		under: (command, of, number) => {
			// under a tracer there is no looking for leaks
			const env = { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0` };
			const result = spawnSync(command[0], [...command.slice(1), probe, ...args('add', of < 2 ? 1 : 2, photos.listings[of], number)], { encoding: 'utf8', env });
			return { ...answer(result), stdout: result.stdout, stderr: result.stderr };
		},
		// The files are stored, the transaction is open: until end().
		async hold(of, number) {
			const child = spawn(probe, args('hold', of < 2 ? 1 : 2, photos.listings[of], number), { stdio: ['pipe', 'pipe', 'pipe'] });
			const done = ended(child);
			holding.add(child);
			await new Promise((resolve, reject) => {
				child.stdout.once('data', resolve);
				done.then(result => reject(new Error(`photo_probe ended: ${result.stdout}${result.stderr}`)));
			});
			return {
				async end() {
					child.stdin.end();
					const result = answer(await done);
					holding.delete(child);
					return result;
				},
			};
		},
		// Names below the folder.
		files: () => (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
			.flatMap(name => (fs.statSync(path.join(folder, name)).isDirectory() ? fs.readdirSync(path.join(folder, name)).map(file => `${name}/${file}`) : [name])),
		path: name => path.join(folder, name),
		filesOf: key => [320, 800, 1600].flatMap(box => [`${key.slice(0, 2)}/${key}-${box}.webp`, `${key.slice(0, 2)}/${key}-${box}.jpg`]),
		// As if everything had lain there for some hours.
		age(hours = 2) {
			const at = Date.now() / 1000 - hours * HOURS;
			for (const file of photos.files())
				fs.utimesSync(photos.path(file), at, at);
		},
		unreferencedFor: hours => site.sql(`UPDATE photo_object SET unreferenced_at = UTC_TIMESTAMP() - INTERVAL ${hours} HOUR WHERE refs = 0`),
		// { kind: how many } of what was found, { kind: how many } of what was mended, and the exit status.
		check(...options) {
			const { status, stdout, stderr } = site.run('photos', 'check', '--json', ...options);
			if (!stdout)
				throw new Error(stderr);
			const report = JSON.parse(stdout), some = what => Object.fromEntries(Object.entries(report.findings).filter(([, f]) => f[what] > 0).map(([kind, f]) => [kind, f[what]]));
			return { status, found: some('found'), mended: some('mended'), which: Object.values(report.findings).flatMap(f => f.which), report, stderr };
		},
		// Nobody's connection but ours: what a killed program had begun is rolled back, or done.
		quiet: () => site.one(`SELECT COUNT(*) FROM information_schema.processlist WHERE db = '${name}' AND id <> CONNECTION_ID()`) === '0',
		// A test that failed half-way may have left an upload that holds its locks: whatever comes next would wait for it.
		letGo() {
			for (const child of holding)
				child.kill('SIGKILL');
			holding.clear();
		},
		empty() {
			photos.letGo();
			site.sql("DELETE FROM photo; UPDATE listing SET photos = 0, state = 1; UPDATE member SET picture = NULL; DELETE FROM photo_object; DELETE FROM outbox");
			fs.rmSync(folder, { recursive: true, force: true });
		},
		// What must hold at any time: all files of every object that a photo or a picture names are there; what has a photo's name is whole; counts are right. Says what
		// does not.
		wrong() {
			const named = site.sql('SELECT LOWER(HEX(hash)) FROM photo UNION SELECT LOWER(HEX(picture)) FROM member WHERE picture IS NOT NULL').flat(), there = new Set(photos.files());
			const missing = named.flatMap(photos.filesOf).filter(name => !there.has(name));
			const half = [...there].filter(name => !path.basename(name).startsWith('.new-') && fs.statSync(photos.path(name)).size !== 20000);
			const counts = site.sql(`SELECT CONCAT('listing ', id) FROM listing l WHERE photos <> (SELECT COUNT(*) FROM photo p WHERE p.listing_id = l.id)
				UNION SELECT CONCAT('object ', HEX(hash)) FROM photo_object o WHERE refs <> (SELECT COUNT(*) FROM photo p WHERE p.hash = o.hash) + (SELECT COUNT(*) FROM member m WHERE m.picture = o.hash)`).flat();
			return [...missing, ...half, ...counts];
		},
		// Files that no named object has.
		orphans() {
			const named = new Set(site.sql('SELECT LOWER(HEX(hash)) FROM photo UNION SELECT LOWER(HEX(picture)) FROM member WHERE picture IS NOT NULL').flat().flatMap(photos.filesOf));
			return photos.files().filter(name => !named.has(name));
		},
	};
	return Object.assign(site, {
		photos,
		dispose() {
			photos.letGo();
			dispose();
		},
	});
}
