// make bench-of-aws: the figures of docs/aws.md. Processor time of the caller per call, signed and the same unsigned, over kept connections to a server on this machine.
import { execFile } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';

const server = http.createServer((req, res) => req.on('end', () => res.end('{}')).resume());
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const env = { ...process.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${server.address().port}`, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40), AWS_SESSION_TOKEN: 'y'.repeat(800) };
console.log('| call | unsigned | signed | ratio |\n|---|--:|--:|--:|');
for (const [name, ...args] of [['KMS, 300 bytes', 5000, 300], ['S3, 100 KB', 2000, 100000, 's3'], ['S3, 1 MB', 300, 1000000, 's3']]) {
	const { stdout } = await promisify(execFile)(path.join(process.env.top_builddir, 'bench-aws'), args.map(String), { env });
	const { unsigned_us: plain, signed_us: signed } = JSON.parse(stdout);
	console.log(`| ${name} | ${plain.toFixed(0)} µs | ${signed.toFixed(0)} µs | ${(signed / plain).toFixed(2)} |`);
}
server.closeAllConnections();
server.close();
