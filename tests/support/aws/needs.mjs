// What some tests of AWS need and not every machine has. `./quickstart check --all` installs it, and says so by OUTPORT_TEST_ALL=1: then nothing is passed by.
import fs from 'node:fs';

const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
export const hasProgram = name => folders.some(folder => fs.existsSync(`${folder}/${name}`));

// Passes a test program by (automake's status for that) with the reason why, or fails it when everything has to be there.
export function passBy(why) {
	console.log(why);
	process.exit(process.env.OUTPORT_TEST_ALL === '1' ? 1 : 77);
}

export function needPrograms(...names) {
	const missing = names.filter(name => !hasProgram(name));
	if (missing.length > 0)
		passBy(`no ${missing.join(', ')} here: ./quickstart check --all installs what this needs`);
}

// `./quickstart check` is to be over soon.
export const hasTime = process.env.OUTPORT_TEST_AWS !== 'no';
export function needTime() {
	if (!hasTime)
		passBy('./quickstart check --all runs this, and make check');
}

// For what is about another program than ours, or takes long: of the suites of one check only the first, plain one runs it.
export function onceIsEnough() {
	if (process.env.OUTPORT_TEST_AGAIN === '1') {
		console.log('the first suite of this check has run it');
		process.exit(77);
	}
}
