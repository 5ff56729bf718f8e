// docs/security.md names the tests that hold what it says: each of them exists, and each row names one.
import test from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const top = process.env.top_srcdir ?? '.';
const rows = fs.readFileSync(path.join(top, 'docs/security.md'), 'utf8').split('\n').filter(line => /^\| [^|]+ \| .* \|$/.test(line) && !/^\| ASVS /.test(line));

const holds = (file, name) => {
	const text = fs.readFileSync(path.join(top, file), 'utf8');
	if (name === undefined)
		return file.endsWith('.sh');
	return file.endsWith('.c') ? text.includes(`START_TEST(${name})`) : new RegExp(`\\btest\\((['"\`])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1`).test(text);
};

test('every row names tests, and they are there', () => {
	assert.ok(rows.length > 20, 'the tables are read');
	for (const row of rows) {
		const named = [...row.split(' | ').at(-1).matchAll(/`(tests\/[^`]+)`(?: "([^"]+)")?/g)];
		assert.ok(named.length > 0, `no test: ${row}`);
		for (const [, file, name] of named) {
			assert.ok(fs.existsSync(path.join(top, file)), `docs/security.md names ${file}, which is not there`);
			assert.ok(holds(file, name), `docs/security.md names a test that ${file} has not: ${name}`);
		}
	}
});

test('the requirements that a site with accounts stands on are all named', () => {
	const numbers = rows.flatMap(row => row.split('|')[1].match(/\d+\.\d+\.\d+/g) ?? []);
	for (const number of ['1.2.1', '1.2.4', '1.3.11', '1.4.1', '1.4.2', '1.4.3', '3.3.1', '3.3.3', '3.5.1', '3.5.3', '5.3.2', '6.2.4', '6.3.1', '6.3.3', '7.2.3', '7.2.4', '7.4.2', '8.2.2', '11.4.2'])
		assert.ok(numbers.includes(number), number);
});
