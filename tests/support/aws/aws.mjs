// AWS on this machine, for tests: services behind one signature verifier, on free ports of 127.0.0.1.
import crypto from 'node:crypto';
import { needTool } from '../npm.mjs';
import { needTime } from './needs.mjs';

needTime();
needTool('@smithy/signature-v4');
const { startVerifier } = await import('./verifier.mjs');
const { startImds, startContainer } = await import('./metadata.mjs');
const { makeKms, makeSsm, makeSecretsManager } = await import('./secrets.mjs');
const { makeSes } = await import('./ses.mjs');
const { makeCloudwatch } = await import('./cloudwatch.mjs');

const region = 'ca-central-1', account = '111122223333';
const names = ['KMS', 'S3', 'SSM', 'SECRETS_MANAGER', 'DYNAMODB', 'SES', 'SESV2', 'CLOUDWATCH'];
const starts = { kms: makeKms, ssm: makeSsm, secretsmanager: makeSecretsManager, ses: makeSes, cloudwatch: makeCloudwatch };

// services: of kms, ssm, secretsmanager, ses, cloudwatch, dynamodb, s3, imds, container; token: the keys are temporary ones. s3: a radosgw that runs (radosgw.mjs).
// Gives { env, region, account, kms, ssm, secrets, ses, cloudwatch, dynamodb, s3, imds, container: those that were asked for, calls, actions(), misbehave(rule),
// behave(), skew(seconds), down(), up(), keys: Map of who may call, stop() }. env has the keys in it; imds.env and container.env have none.
export async function startAws({ services, token = false, s3 }) {
	const keyId = s3?.keyId ?? `AKIA${crypto.randomBytes(8).toString('hex').toUpperCase()}`;
	const own = { secret: s3?.secret ?? crypto.randomBytes(30).toString('base64'), token: token ? crypto.randomBytes(300).toString('base64') : '' };
	const keys = new Map([[keyId, own]]);
	const aws = { region, account, keys, keyId };
	const backends = {};
	const started = [];
	for (const service of services) {
		if (starts[service]) {
			aws[service === 'secretsmanager' ? 'secrets' : service] = backends[service === 'cloudwatch' ? 'monitoring' : service] = starts[service]({ region, account });
		} else if (service === 'dynamodb') {
			const { startDynalite } = await import('./dynalite.mjs');
			aws.dynamodb = await startDynalite({ region });
			started.push(aws.dynamodb);
			backends.dynamodb = aws.dynamodb.port;
		} else if (service === 's3') {
			backends.s3 = s3.port;
			aws.s3 = s3;
		} else if (service === 'imds' || service === 'container') {
			aws[service] = await (service === 'imds' ? startImds : startContainer)({ keys });
			started.push(aws[service]);
		} else {
			throw new Error(`startAws: no service ${service}`);
		}
	}
	const verifier = await startVerifier({ region, account, keys, backends });
	verifier.backendKey = s3 && { accessKeyId: s3.keyId, secretAccessKey: s3.secret };
	started.unshift(verifier);
	const endpoints = { AWS_REGION: region, AWS_EC2_METADATA_DISABLED: 'true' };
	for (const name of names)
		endpoints[`AWS_ENDPOINT_URL_${name}`] = verifier.url;
	for (const source of [aws.imds, aws.container].filter(Boolean))
		source.env = { ...endpoints, ...source.env };
	return Object.assign(aws, {
		endpoints, env: { ...endpoints, AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: own.secret, ...(token ? { AWS_SESSION_TOKEN: own.token } : {}) },
		url: verifier.url, calls: verifier.calls, misbehave: verifier.misbehave, behave: verifier.behave, skew: verifier.skew, down: verifier.down, up: verifier.up,
		// "s3:PutObject", in the order they came; refused ones are not among them.
		actions: () => verifier.calls.filter(call => call.action).map(call => call.action),
		async stop() {
			for (const one of started)
				await one.stop();
		},
	});
}
