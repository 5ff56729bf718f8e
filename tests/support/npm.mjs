// The npm tools of the browser tests (playwright-core, axe, lighthouse): installed below build/, never in the source tree.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { topSrc } from './nginx.mjs';

export const toolsDir = process.env.OUTPORT_NPM ?? path.join(topSrc, 'build/npm');

// The module of that name, as import() gives it.
export async function tool(name) {
	const require = createRequire(path.join(toolsDir, 'package.json'));
	return import(pathToFileURL(require.resolve(name)).href);
}
