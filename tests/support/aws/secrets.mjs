// KMS, SSM's parameters and Secrets Manager, as far as a client of theirs sees: each takes calls ({ action, input }) and can be looked at and set.
import crypto from 'node:crypto';
import { ServiceError } from './answers.mjs';

const fail = (code, message) => { throw new ServiceError(400, code, message); };
const isBase64 = text => typeof text === 'string' && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

function bytesOf(name, text, most) {
	if (!isBase64(text))
		fail('SerializationException', `${name} is not base64`);
	const bytes = Buffer.from(text, 'base64');
	if (bytes.length < 1 || bytes.length > most)
		fail('ValidationException', `Value at '${name}' failed to satisfy constraint: Member must have length between 1 and ${most}`);
	return bytes;
}

function aadOf(context) {
	if (context !== undefined && (typeof context !== 'object' || Object.values(context).some(value => typeof value !== 'string')))
		fail('SerializationException', 'EncryptionContext is not a map of strings');
	return Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));
}

// A blob: a version, the key's id, the initialization vector, the tag, what was encrypted; the encryption context is authenticated with it.
export function makeKms({ region, account }) {
	const arn = rest => `arn:aws:kms:${region}:${account}:${rest}`;
	const keys = new Map();
	const kms = {
		keys,
		// Gives the key's ARN.
		createKey({ alias } = {}) {
			const id = crypto.randomUUID();
			keys.set(id, { id, arn: arn(`key/${id}`), alias, enabled: true, secret: crypto.randomBytes(32) });
			return arn(`key/${id}`);
		},
		find(name) {
			return [...keys.values()].find(key => [key.id, key.arn].includes(name) || (key.alias && [`alias/${key.alias}`, arn(`alias/${key.alias}`)].includes(name)));
		},
		setEnabled(name, enabled) {
			kms.find(name).enabled = enabled;
		},
		deleteKey(name) {
			keys.delete(kms.find(name).id);
		},
		resource: ({ input }) => {
			const key = kms.find(input.KeyId ?? kms.blobKey(input.CiphertextBlob));
			return key?.arn ?? arn('key/unknown');
		},
		blobKey: blob => (isBase64(blob) ? Buffer.from(blob, 'base64').toString('latin1', 1, 37) : ''),
		encrypt(input) {
			const key = usable(input.KeyId);
			const plain = bytesOf('plaintext', input.Plaintext, 4096);
			const iv = crypto.randomBytes(12);
			const cipher = crypto.createCipheriv('aes-256-gcm', key.secret, iv).setAAD(aadOf(input.EncryptionContext));
			const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
			const blob = Buffer.concat([Buffer.from([1]), Buffer.from(key.id), iv, cipher.getAuthTag(), sealed]);
			return { CiphertextBlob: blob.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT', KeyId: key.arn };
		},
		decrypt(input) {
			const blob = bytesOf('ciphertextBlob', input.CiphertextBlob, 6144);
			const own = blob.length > 65 && blob[0] === 1 ? blob.toString('latin1', 1, 37) : '';
			if (!/^[0-9a-f-]{36}$/.test(own))
				fail('InvalidCiphertextException');
			const key = usable(input.KeyId ?? own);
			if (key.id !== own)
				fail('IncorrectKeyException', 'The key ID in the request does not identify a CMK that can perform this operation.');
			const decipher = crypto.createDecipheriv('aes-256-gcm', key.secret, blob.subarray(37, 49)).setAAD(aadOf(input.EncryptionContext)).setAuthTag(blob.subarray(49, 65));
			try {
				return { EncryptionAlgorithm: 'SYMMETRIC_DEFAULT', KeyId: key.arn, Plaintext: Buffer.concat([decipher.update(blob.subarray(65)), decipher.final()]).toString('base64') };
			} catch {
				return fail('InvalidCiphertextException');
			}
		},
		call({ action, input }) {
			if (action === 'Encrypt')
				return kms.encrypt(input);
			if (action === 'Decrypt')
				return kms.decrypt(input);
			return fail('UnknownOperationException');
		},
	};
	function usable(name) {
		const key = kms.find(name ?? '');
		if (!key)
			fail('NotFoundException', String(name).startsWith('alias/') ? `Alias ${arn(name)} is not found.` : `Key '${name}' does not exist`);
		if (!key.enabled)
			fail('DisabledException', `${key.arn} is disabled.`);
		return key;
	}
	kms.key = kms.createKey({ alias: 'outport' });
	return kms;
}

export function makeSsm({ region, account }) {
	const arn = name => `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
	const parameters = new Map();
	const nameOf = text => {
		const [, name] = /^(?:arn:aws:ssm:[^:]+:\d+:parameter)?([^:]*)(?::.*)?$/.exec(text ?? '') ?? [];
		return name ?? '';
	};
	return {
		parameters,
		set(name, value, type = 'SecureString') {
			const versions = parameters.get(name)?.versions ?? [];
			versions.push({ value, type, at: Date.now() / 1000 });
			parameters.set(name, { versions });
		},
		remove: name => parameters.delete(name),
		resource: ({ input }) => arn(nameOf(input.Name)),
		call({ action, input }) {
			if (action !== 'GetParameter')
				fail('UnknownOperationException');
			if (typeof input.Name !== 'string' || input.Name === '')
				fail('ValidationException', "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null");
			const name = nameOf(input.Name), selector = /:(\d+)$/.exec(input.Name)?.[1];
			const versions = parameters.get(name)?.versions;
			if (!versions)
				fail('ParameterNotFound');
			const number = selector ? Number(selector) : versions.length;
			const one = versions[number - 1];
			if (!one)
				fail('ParameterVersionNotFound', `Systems Manager could not find version ${number} of ${name}.`);
			const sealed = one.type === 'SecureString' && !input.WithDecryption;
			const value = sealed ? crypto.randomBytes(100).toString('base64') : one.value;
			return { Parameter: { ARN: arn(name), DataType: 'text', LastModifiedDate: one.at, Name: name, Type: one.type, Value: value, Version: number } };
		},
	};
}

export function makeSecretsManager({ region, account }) {
	const secrets = new Map();
	const find = id => [...secrets.values()].find(secret => [secret.name, secret.arn, secret.arn.slice(0, -7)].includes(id));
	return {
		secrets,
		// A new version, which is the current one; what was is the previous. value: text, or a Buffer. Gives the ARN.
		put(name, value) {
			const arn = `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${crypto.randomBytes(3).toString('hex')}`;
			const secret = find(name) ?? { name, arn, versions: [], at: Date.now() / 1000 };
			for (const version of secret.versions)
				version.stages = version.stages.includes('AWSCURRENT') ? ['AWSPREVIOUS'] : [];
			secret.versions.push({ id: crypto.randomUUID(), stages: ['AWSCURRENT'], value });
			secrets.set(name, secret);
			return secret.arn;
		},
		// To be deleted after the days of grace; for good: as if it had never been.
		remove(name, forGood = false) {
			if (forGood)
				secrets.delete(name);
			else
				find(name).deleted = true;
		},
		resource: ({ input }) => find(input.SecretId)?.arn ?? `arn:aws:secretsmanager:${region}:${account}:secret:${input.SecretId}`,
		call({ action, input }) {
			if (action !== 'GetSecretValue')
				fail('UnknownOperationException');
			if (typeof input.SecretId !== 'string' || input.SecretId === '')
				fail('InvalidParameterException', 'The parameter SecretId is missing.');
			const secret = find(input.SecretId);
			if (!secret)
				fail('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
			if (secret.deleted)
				fail('InvalidRequestException', "You can't perform this operation on the secret because it was marked for deletion.");
			const stage = input.VersionStage ?? 'AWSCURRENT';
			const version = secret.versions.find(one => (input.VersionId ? one.id === input.VersionId : one.stages.includes(stage)));
			if (!version)
				fail('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for staging label: ${stage}`);
			const value = Buffer.isBuffer(version.value) ? { SecretBinary: version.value.toString('base64') } : { SecretString: version.value };
			return { ARN: secret.arn, CreatedDate: secret.at, Name: secret.name, ...value, VersionId: version.id, VersionStages: version.stages };
		},
	};
}
