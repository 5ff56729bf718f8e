// What a database's server and its certificate must be for the programs to talk to it: the same for MariaDB and MySQL.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import assert from 'node:assert/strict';
import { buildDir } from '../support/site.mjs';

// Two authorities; of the first one, a certificate for the address 127.0.0.2 and 127.0.0.1, and one for another host.
export function makeCertificates(dir) {
	const ec = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
	execFileSync('sh', ['-ec', `
		for ca in ca other-ca; do openssl req -x509 ${ec} -days 2 -subj /CN=$ca -keyout $ca-key.pem -out $ca.pem; done
		issue() {
			openssl req ${ec} -subj "/CN=$2" -keyout "$1-key.pem" -out "$1-request.pem"
			printf 'subjectAltName=%s\\n' "$3" >"$1.ext"
			openssl x509 -req -in "$1-request.pem" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile "$1.ext" -out "$1.pem"
		}
		issue here here.example 'DNS:localhost,IP:127.0.0.1,IP:127.0.0.2'
		issue elsewhere elsewhere.example DNS:elsewhere.example
		chmod 644 *-key.pem`], { cwd: dir, stdio: 'ignore' });
	return name => path.join(dir, name);
}

// restart(args): the server with these options more; users: of whom each has that password and the database outport; withoutTls: the options that take TLS away are none.
export async function checkTls({ dir, certificates, address, port, users, password, restart, withoutTls }) {
	const file = path.join(dir, 'tls.conf'), secret = path.join(dir, 'tls-password');
	fs.writeFileSync(secret, `${password}\n`);
	const come = (user, authority) => {
		fs.writeFileSync(file, `[site]\nurl = http://127.0.0.1\ncontact_email = a@example.org\n[database]\nhost = ${address}\nport = ${port}\nuser = ${user}\npassword = file:${secret}\n`
			+ (authority ? `tls_ca = ${certificates(authority)}\n` : ''));
		return spawnSync(path.join(buildDir, 'outportctl'), ['--config', file, 'category', 'list'], { encoding: 'utf8' });
	};
	const refused = (r, why) => {
		assert.equal(r.status, 1, r.stdout);
		assert.match(r.stderr, why);
	};
	const server = name => [`--ssl-cert=${certificates(`${name}.pem`)}`, `--ssl-key=${certificates(`${name}-key.pem`)}`, `--ssl-ca=${certificates('ca.pem')}`];
	await restart(server('here'));
	for (const user of users) {
		assert.equal(come(user, 'ca.pem').status, 0, `${user}: ${come(user, 'ca.pem').stderr}`);
		refused(come(user, 'other-ca.pem'), /TLS\/SSL error/);
	}
	// Who must come by TLS is not let in otherwise: the first one above did.
	refused(come(users[0]), /Access denied/);
	await restart(server('elsewhere'));
	for (const user of users)
		refused(come(user, 'ca.pem'), /TLS\/SSL error/);
	await restart(withoutTls === true ? [] : withoutTls);
	for (const user of users)
		refused(come(user, 'ca.pem'), /TLS\/SSL error/);
}
