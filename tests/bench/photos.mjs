// What keeping a photo costs, in the build's folder:
//   make bench-photos && top_builddir=. node ../../tests/bench/photos.mjs [ROUNDS]
// A photo of 12 megapixels is made into its three sizes by the decoder, by the same calls of libvips in one process without a
// sandbox, and by ImageMagick, in turn, ROUNDS times (5 unless said); the figures are each one's best round, since what else the machine does
// only adds to them, of the processor's time and of the clock's, and their ratios. Then the most memory a child takes for the largest photos of each kind. Fails where a bound of docs/photos.md does not hold.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makePhoto, vipsIn } from './photo.mjs';

const rounds = Number(process.argv[2] ?? 5);
const bench = path.resolve(process.env.top_builddir ?? '.', 'bench-photos');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-photos.'));
const at = name => path.join(folder, name);
const vips = vipsIn(folder);

function convert() {
	const one = box => ['(', '-clone', '0', '-resize', `${box}x${box}`, '-quality', '75', '-write', at(`im-${box}.webp`),
		'-quality', '80', '-interlace', 'JPEG', '-write', at(`im-${box}.jpg`), '+delete', ')'];
	const before = cpu();
	const began = process.hrtime.bigint();
	execFileSync('convert', ['-limit', 'thread', '1', at('photo.jpg'), '-auto-orient', '-strip', ...one(1600), ...one(800), ...one(320), 'null:']);
	return [Number(process.hrtime.bigint() - began) / 1e9, cpu() - before];
}

// Seconds of the processor that ended children took, of this process's line in /proc: cutime and cstime, in hundredths.
function cpu() {
	const fields = fs.readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /, '').split(' ');
	return (Number(fields[13]) + Number(fields[14])) / 100;
}

const run = (mode, n) => execFileSync(bench, [mode, at('photo.jpg'), String(n)], { encoding: 'utf8' }).trim().split(' ').map(Number);

function memory() {
	makePhoto(folder, 'huge.v', 8000, 6250);
	vips('crop', 'huge.v', 'heic.v', '0', '0', '6000', '4000');
	const zeros = (name, bands, saver, ...options) => {
		vips('black', 'z.v', '8000', '6250', '--bands', bands);
		vips('copy', 'z.v', 'y.v', '--interpretation', 'srgb');
		vips(saver, 'y.v', name, ...options);
	};
	vips('jpegsave', 'huge.v', 'baseline.jpg', '--Q', '60');
	vips('jpegsave', 'huge.v', 'progressive.jpg', '--Q', '60', '--interlace', '--subsample-mode', 'off');
	zeros('zeros.png', '3', 'pngsave', '--compression', '1');
	zeros('zeros-alpha-interlaced.png', '4', 'pngsave', '--compression', '1', '--interlace');
	vips('cast', 'y.v', 'y16.v', 'ushort');
	vips('copy', 'y16.v', 'x16.v', '--interpretation', 'rgb16');
	vips('pngsave', 'x16.v', 'zeros-16-interlaced.png', '--compression', '1', '--interlace');
	vips('webpsave', 'huge.v', 'lossy.webp', '--effort', '0', '--Q', '60');
	zeros('lossless.webp', '4', 'webpsave', '--lossless', '--effort', '0');
	const files = ['baseline.jpg', 'progressive.jpg', 'zeros.png', 'zeros-alpha-interlaced.png', 'zeros-16-interlaced.png', 'lossy.webp', 'lossless.webp'];
	try {
		vips('heifsave', 'heic.v', 'largest.heic', '--Q', '40', '--effort', '0');
		files.push('largest.heic');
	} catch {
		console.log('no HEIC: libvips cannot write it here');
	}
	return execFileSync(bench, ['memory', ...files.map(at)], { encoding: 'utf8' }).trim().split('\n').map(line => line.split(' '));
}

let failed = false;
function bound(holds, what) {
	console.log(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${what}`);
	failed ||= !holds;
}

try {
	makePhoto(folder, 'photo.v', 4000, 3000);
	vips('jpegsave', 'photo.v', 'photo.jpg', '--Q', '90');
	console.log(`a photo of 4000 by 3000, ${(fs.statSync(at('photo.jpg')).size / 1e6).toFixed(1)} MB`);
	const took = { decoder: [], bare: [], convert: [] };
	for (let i = 0; i < rounds; i++) {
		took.decoder.push(run('decoder', 10));
		took.bare.push(run('bare', 10));
		took.convert.push(convert());
	}
	const m = {};
	for (const [name, list] of Object.entries(took)) {
		m[name] = { wall: Math.min(...list.map(t => t[0])), cpu: Math.min(...list.map(t => t[1])) };
		console.log(`${name}: ${m[name].cpu.toFixed(3)} s of the processor, ${m[name].wall.toFixed(3)} s of the clock`);
	}
	const bare = m.bare.cpu / m.decoder.cpu;
	const magick = m.convert.cpu / m.decoder.cpu;
	bound(bare >= 0.9, `${bare.toFixed(2)} of bare libvips' throughput (by the clock ${(m.bare.wall / m.decoder.wall).toFixed(2)}), at least 0.90`);
	bound(magick > 1, `${magick.toFixed(2)} times ImageMagick's throughput (by the clock ${(m.convert.wall / m.decoder.wall).toFixed(2)}), over 1`);
	for (const [problem, kib, file] of memory()) {
		const became = problem === '0' ? 'kept' : `refused (${problem})`;
		bound(Number(kib) <= 450 * 1024, `${path.basename(file)}: ${(Number(kib) / 1024).toFixed(0)} MB, ${became}, at most 450`);
	}
} finally {
	fs.rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
