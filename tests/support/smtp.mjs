// A mail server for tests, nodemailer's smtp-server, with STARTTLS under a certificate authority of the test's own.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { needTool, tool } from './npm.mjs';

needTool('smtp-server');

// { key, cert, ca } as file names below folder: a CA and a certificate of it for name.
export function makeAuthority(folder, name = 'localhost') {
	fs.mkdirSync(folder, { recursive: true });
	const file = one => path.join(folder, one);
	const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'ignore'] });
	const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
	openssl('req', '-x509', ...ec, '-nodes', '-days', '2', '-subj', '/CN=Outport test', '-keyout', file('ca.key'), '-out', file('ca.pem'));
	openssl('req', ...ec, '-nodes', '-subj', `/CN=${name}`, '-keyout', file('server.key'), '-out', file('server.csr'));
	fs.writeFileSync(file('ext'), `subjectAltName=DNS:${name}\n`);
	openssl('x509', '-req', '-days', '2', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('ext'), '-out', file('server.pem'));
	return { key: file('server.key'), cert: file('server.pem'), ca: file('ca.pem') };
}

const refusal = (code, text) => Object.assign(new Error(text), { responseCode: code });

// options: smtp-server's; rcpt(address, session), data(bytes, session, number): undefined to accept, or [code, text] to refuse with, or a promise of
// either. user, password: who may sign in; without them nobody need. Gives { port, mails: [{ from, to, raw, secure, user }], started, stop() }:
// mails are those taken, started counts the contents that began to come.
export async function startSmtp({ authority, user, password, rcpt, data, port = 0, ...options }) {
	const { default: { SMTPServer } } = await tool('smtp-server');
	const out = { mails: [], started: 0, senders: 0, sockets: new Set() };
	const answer = async (decide, callback) => {
		const no = await decide;
		callback(no ? refusal(...no) : null);
	};
	const server = new SMTPServer({
		key: fs.readFileSync(authority.key), cert: fs.readFileSync(authority.cert), authOptional: !user, disableReverseLookup: true, logger: false,
		closeTimeout: 1000,
		onAuth: (auth, session, callback) => (auth.username === user && auth.password === password
			? callback(null, { user }) : callback(refusal(535, 'no such user'))),
		onMailFrom(address, session, callback) {
			out.senders++;
			callback();
		},
		onRcptTo: (address, session, callback) => answer(rcpt?.(address.address, session), callback),
		onData(stream, session, callback) {
			const parts = [];
			const number = ++out.started;
			stream.on('data', part => parts.push(part));
			stream.on('end', async () => {
				const raw = Buffer.concat(parts).toString('latin1');
				const no = await data?.(raw, session, number);
				if (!no)
					out.mails.push({ from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map(to => to.address), raw, secure: session.secure, user: session.user });
				callback(no ? refusal(...no) : null);
			});
		},
		...options,
	});
	server.on('error', () => {});
	server.server.on('connection', socket => {
		out.sockets.add(socket);
		socket.on('error', () => {});
		socket.once('close', () => out.sockets.delete(socket));
	});
	await new Promise((resolve, reject) => server.server.once('error', reject) && server.listen(port, '127.0.0.1', resolve));
	out.port = server.server.address().port;
	out.stop = async () => {
		for (const socket of out.sockets)
			socket.destroy();
		await new Promise(resolve => server.close(resolve));
	};
	return out;
}
