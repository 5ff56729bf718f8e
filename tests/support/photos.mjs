// Photos that are there without having been sent: real files in the sizes the site keeps, made by libvips' own tool, and their rows.
import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const boxes = [320, 800, 1600];

// A dory on the water below a hill, in a paint of its own: something to tell one photo from the other.
function drawing(width, height, hue) {
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 400 300" preserveAspectRatio="xMidYMid slice">
		<rect width="400" height="300" fill="hsl(205,45%,78%)"/><circle cx="${90 + hue % 200}" cy="60" r="26" fill="hsl(45,90%,82%)"/>
		<path d="M0 170 90 96l70 52 60-70 100 84 80-40v120H0z" fill="hsl(${(hue + 110) % 360},22%,42%)"/><rect y="180" width="400" height="120" fill="hsl(202,48%,36%)"/>
		<path d="M0 205h400M0 232h400M0 262h400" stroke="hsl(200,50%,55%)" stroke-width="3" stroke-dasharray="46 31"/>
		<path d="M110 200h190l-34 48H150z" fill="hsl(${hue},62%,46%)"/><path d="M110 200h190" stroke="#fff" stroke-width="7"/><path d="M205 200v-84l62 74z" fill="#f4efe4"/></svg>`;
}

// A whole photo as somebody would send it; type: jpg, png, webp. Its bytes.
export async function makePhotoFile({ width = 2000, height = 1500, hue = 10, type = 'jpg' } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-photo-'));
	try {
		fs.writeFileSync(path.join(dir, 'in.svg'), drawing(width, height, hue));
		await run('vips', ['copy', path.join(dir, 'in.svg'), path.join(dir, 'rgba.v')]);
		await run('vips', ['flatten', path.join(dir, 'rgba.v'), path.join(dir, `out.${type}`)]);
		return fs.readFileSync(path.join(dir, `out.${type}`));
	} finally {
		fs.rmSync(dir, { recursive: true, force: true });
	}
}

// Where a site keeps its photos.
function photoFolder(site) {
	const conf = fs.readFileSync(site.conf, 'utf8');
	return /^photos = (.+)$/m.exec(conf)?.[1] ?? path.join(/^runtime_dir = (.+)$/m.exec(conf)[1], 'photos');
}

// The object of a picture: its files in the store and its row. { key, width, height }
export async function storePhoto(site, { width = 1600, height = 1200, hue = 10 } = {}) {
	const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outport-photo-')), whole = path.join(dir, 'whole.png'), files = [];
	try {
		fs.writeFileSync(whole, await makePhotoFile({ width, height, hue, type: 'png' }));
		const longest = Math.max(width, height), sizes = boxes.filter((box, i) => i === 0 || longest > boxes[i - 1]);
		let largest;
		for (const box of sizes) {
			const scale = Math.min(1, box / longest), w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
			largest = { width: w, height: h };
			for (const [type, options] of [['webp', '[Q=75]'], ['jpg', '[Q=78,strip]']]) {
				const out = path.join(dir, `${box}.${type}`);
				await run('vips', ['thumbnail', whole, `${out}${options}`, String(w), '--height', String(h), '--size', 'force']);
				files.push({ name: `${box}.${type}`, data: fs.readFileSync(out) });
			}
		}
		await run('vips', ['thumbnail', whole, path.join(dir, 'tiny.ppm'), '3', '--height', '2', '--size', 'force']);
		const placeholder = fs.readFileSync(path.join(dir, 'tiny.ppm')).subarray(-18).toString('hex');
		const key = crypto.createHash('sha256').update(Buffer.concat(files.map(({ data }) => data))).digest('hex').slice(0, 32);
		const folder = path.join(photoFolder(site), key.slice(0, 2));
		fs.mkdirSync(folder, { recursive: true });
		for (const { name, data } of files)
			fs.writeFileSync(path.join(folder, `${key}-${name}`), data);
		await site.sql(`INSERT IGNORE INTO photo_object (hash, width, height, bytes, placeholder, refs, unreferenced_at, created_at)
			VALUES (UNHEX('${key}'), ${largest.width}, ${largest.height}, ${files.reduce((sum, { data }) => sum + data.length, 0)}, '${placeholder}', 0, UTC_TIMESTAMP(), UTC_TIMESTAMP())`);
		return { key, ...largest };
	} finally {
		fs.rmSync(dir, { recursive: true, force: true });
	}
}

// Adds stored objects to a listing as its photos; their ids. alts: their descriptions.
export async function addPhotos(site, listing, objects, alts = []) {
	const ids = [];
	for (const [i, { key }] of objects.entries())
		ids.push(Number(await site.sql(`INSERT INTO photo (listing_id, member_id, hash, position, type, bytes, alt, created_at)
				SELECT id, IFNULL(member_id, 0), UNHEX('${key}'), photos, 1, 1000, '${(alts[i] ?? '').replaceAll("'", "''")}', UTC_TIMESTAMP() FROM listing WHERE id = ${listing};
			SET @id = LAST_INSERT_ID(); UPDATE listing SET photos = photos + 1 WHERE id = ${listing};
			UPDATE photo_object SET refs = refs + 1, unreferenced_at = NULL WHERE hash = UNHEX('${key}'); SELECT @id`)));
	return ids;
}

// A member's picture.
export async function setPicture(site, member, { key }) {
	await site.sql(`UPDATE photo_object SET refs = refs + 1, unreferenced_at = NULL WHERE hash = UNHEX('${key}'); UPDATE member SET picture = UNHEX('${key}') WHERE id = ${member}`);
}
