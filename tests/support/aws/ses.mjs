// SES v2's SendEmail of a raw mail: kept here instead of sent.
import crypto from 'node:crypto';
import { ServiceError } from './answers.mjs';

const bad = message => { throw new ServiceError(400, 'BadRequestException', message); };

export function makeSes({ region, account }) {
	const ses = {
		mails: [],           // { id, from, to, raw, set }: those that were sent
		suppressed: [],      // addresses that nothing is sent to: the call succeeds, the mail is in dropped
		dropped: [],
		sets: ['outport'],   // configuration sets
		identities: null,    // null: whoever may send; else a list of addresses and domains
		refuse: null,        // (mail) => undefined, or a code: "MessageRejected", "AccountSuspendedException", "TooManyRequestsException", "SendingPausedException"…
		resource({ input }) {
			const arn = rest => `arn:aws:ses:${region}:${account}:${rest}`;
			const domain = String(input.FromEmailAddress ?? '').replace(/^.*@|>.*$/g, '') || '*';
			return [arn(`identity/${domain}`), ...(input.ConfigurationSetName ? [arn(`configuration-set/${input.ConfigurationSetName}`)] : [])];
		},
		call({ method, path, input }) {
			if (method !== 'POST' || path !== '/v2/email/outbound-emails')
				throw new ServiceError(404, 'UnknownOperationException');
			const data = input.Content?.Raw?.Data;
			if (typeof data !== 'string' || data === '' || data.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
				throw new ServiceError(400, 'SerializationException', 'Content.Raw.Data is not base64');
			const raw = Buffer.from(data, 'base64').toString('latin1');
			const from = input.FromEmailAddress ?? /^From: *(.*)$/mi.exec(raw)?.[1];
			if (!from)
				bad('Missing required header \'From\'.');
			const to = ['ToAddresses', 'CcAddresses', 'BccAddresses'].flatMap(key => input.Destination?.[key] ?? []);
			if (to.length > 50)
				bad('Recipient count exceeds 50.');
			if (Buffer.byteLength(raw, 'latin1') > 40 << 20)
				bad('Message length is more than 41943040 bytes long.');
			if (to.length === 0 && !/^To:/mi.test(raw))
				bad('Missing final destination');
			if (to.some(address => !/^[^\s@]+@[^\s@]+$/.test(address)))
				bad('Invalid address');
			const set = input.ConfigurationSetName;
			if (set !== undefined && !ses.sets.includes(set))
				throw new ServiceError(404, 'NotFoundException', `Configuration set <${set}> does not exist.`);
			const sender = /<?([^<>\s]+)>?$/.exec(from)[1];
			if (ses.identities && ![sender, sender.split('@')[1]].some(one => ses.identities.includes(one)))
				throw new ServiceError(400, 'MessageRejected', `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${sender}`);
			const mail = { id: `${crypto.randomBytes(8).toString('hex')}-${crypto.randomUUID()}-000000`, from, to, raw, set };
			const code = ses.refuse?.(mail);
			if (code)
				throw new ServiceError(code === 'TooManyRequestsException' ? 429 : 400, code, code === 'TooManyRequestsException' ? 'Maximum sending rate exceeded.' : 'Refused.');
			(to.length > 0 && to.every(one => ses.suppressed.includes(one)) ? ses.dropped : ses.mails).push(mail);
			return { MessageId: mail.id };
		},
	};
	return ses;
}
