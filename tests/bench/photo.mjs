// A large photo for the benches, made by libvips' own tool.
import { execFileSync } from 'node:child_process';

export const vipsIn = folder => (...args) => execFileSync('vips', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });

// Clouds of three sizes and grain: as many bytes as a telephone's photo has.
export function makePhoto(folder, name, width, height) {
	const vips = vipsIn(folder);
	for (const [i, cell] of [[1, 700], [2, 90], [3, 12]]) vips('perlin', `c${i}.v`, width, height, '--cell-size', cell);
	vips('gaussnoise', 'g.v', width, height, '--sigma', '5', '--mean', '0');
	vips('linear', 'c1.v', 'd1.v', '80', '128');
	vips('linear', 'c2.v', 'd2.v', '40', '0');
	vips('linear', 'c3.v', 'd3.v', '18', '0');
	vips('add', 'd1.v', 'd2.v', 's1.v');
	vips('add', 'd3.v', 'g.v', 's2.v');
	vips('add', 's1.v', 's2.v', 'r.v');
	vips('subtract', 'd1.v', 's2.v', 'b.v');
	vips('bandjoin', 'r.v s1.v b.v', 'rgb.v');
	vips('cast', 'rgb.v', 'bytes.v', 'uchar');
	vips('copy', 'bytes.v', name, '--interpretation', 'srgb');
}
