// The npm tools of the tests (playwright-core, axe, lighthouse, smtp-server): installed below build/, never in the source tree.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { topSrc } from './nginx.mjs';

export const toolsDir = process.env.OUTPORT_NPM ?? path.join(topSrc, 'build/npm');

// quickstart installs the tools and says where; a bare `make check` without them passes these tests by (automake's status for that).
export function needTool(name) {
	if (process.env.OUTPORT_NPM === undefined && !fs.existsSync(path.join(toolsDir, 'node_modules', name))) {
		console.log(`no ${name} below ${toolsDir}: see docs/develop.md`);
		process.exit(77);
	}
}

// The module of that name, as import() gives it.
export async function tool(name) {
	const require = createRequire(path.join(toolsDir, 'package.json'));
	return import(pathToFileURL(require.resolve(name)).href);
}
