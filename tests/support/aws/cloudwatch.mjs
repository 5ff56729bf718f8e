// CloudWatch's PutMetricData, in the query protocol and in JSON 1.0, with the limits that it documents.
import { ServiceError } from './answers.mjs';

const fail = (code, message) => { throw new ServiceError(400, code, message); };
const list = /^(member|entry)$/;

// "MetricData.member.1.MetricName=x" as { MetricData: [{ MetricName: "x" }] }.
export function parseForm(text) {
	const out = {};
	for (const [name, value] of new URLSearchParams(text)) {
		const path = name.split('.').filter(part => !list.test(part));
		let at = out;
		for (const part of path.slice(0, -1))
			at = at[part] ??= {};
		at[path.at(-1)] = value;
	}
	const lists = value => {
		if (typeof value !== 'object')
			return value;
		const entries = Object.entries(value).map(([key, one]) => [key, lists(one)]);
		return entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key)) ? entries.sort(([a], [b]) => a - b).map(([, one]) => one) : Object.fromEntries(entries);
	};
	return lists(out);
}

const sizes = ['', 'Kilo', 'Mega', 'Giga', 'Tera'].flatMap(prefix => ['bytes', 'bits'].map(unit => (prefix + unit).replace(/^b/, 'B')));
const units = new Set(['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None', ...sizes, ...sizes.map(unit => `${unit}/Second`)]);

function number(name, value) {
	const n = Number(value);
	if (value === '' || !Number.isFinite(n) || Math.abs(n) > 2 ** 360)
		fail('InvalidParameterValue', `The value ${value} for parameter ${name} is invalid.`);
	return n;
}

function datum(one, i, now) {
	const where = `MetricData.member.${i + 1}`;
	if (typeof one.MetricName !== 'string' || one.MetricName.length < 1 || one.MetricName.length > 255)
		fail('MissingParameter', `The parameter ${where}.MetricName is required.`);
	const dimensions = one.Dimensions ?? [];
	if (dimensions.length > 30 || dimensions.some(({ Name, Value }) => !Name || !Value || Name.startsWith(':')))
		fail('InvalidParameterValue', `${where}.Dimensions is invalid.`);
	if (one.Unit !== undefined && !units.has(one.Unit))
		fail('InvalidParameterValue', `The value ${one.Unit} for parameter ${where}.Unit is invalid.`);
	const at = one.Timestamp === undefined ? now : typeof one.Timestamp === 'number' ? one.Timestamp * 1000 : Date.parse(one.Timestamp);
	if (!(at > now - 14 * 86400e3 && at < now + 2 * 3600e3))
		fail('InvalidParameterValue', `${where}.Timestamp is not between two weeks ago and two hours from now.`);
	const told = ['Value', 'Values', 'StatisticValues'].filter(key => one[key] !== undefined);
	if (told.length !== 1)
		fail('InvalidParameterCombination', `${where}: one of Value, Values and StatisticValues.`);
	const out = { name: one.MetricName, unit: one.Unit ?? 'None', at, dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])) };
	if (one.Value !== undefined)
		return { ...out, value: number(`${where}.Value`, one.Value) };
	if (one.StatisticValues !== undefined)
		return { ...out, statistics: Object.fromEntries(['SampleCount', 'Sum', 'Minimum', 'Maximum'].map(key => [key, number(`${where}.StatisticValues.${key}`, one.StatisticValues[key])])) };
	if (one.Values.length > 150 || (one.Counts !== undefined && one.Counts.length !== one.Values.length))
		fail('InvalidParameterValue', `${where}: at most 150 values, and as many counts.`);
	return { ...out, values: one.Values.map(value => number(`${where}.Values`, value)), counts: one.Counts?.map(value => number(`${where}.Counts`, value)) };
}

export function makeCloudwatch() {
	const cloudwatch = {
		metrics: [], // { namespace, name, unit, at (ms), dimensions, value | values, counts | statistics }
		puts: 0,
		resource: () => '*',
		call({ action, input, now, bytes }) {
			if (action !== 'PutMetricData')
				fail('InvalidAction', `Could not find operation ${action}`);
			if (bytes > 1 << 20)
				throw new ServiceError(413, 'RequestEntityTooLarge', 'The request is larger than 1048576 bytes.');
			const { Namespace: namespace, MetricData: data } = input;
			if (typeof namespace !== 'string' || !/^[^:][\w\-./#: ]{0,254}$/.test(namespace) || namespace.startsWith('AWS/'))
				fail(namespace === undefined ? 'MissingParameter' : 'InvalidParameterValue', 'The parameter Namespace is required, and does not begin with "AWS/".');
			if (!Array.isArray(data) || data.length < 1 || data.length > 1000)
				fail(data === undefined ? 'MissingParameter' : 'InvalidParameterValue', 'MetricData has 1 to 1000 items.');
			const all = data.map((one, i) => ({ namespace, ...datum(one, i, now) }));
			cloudwatch.metrics.push(...all);
			cloudwatch.puts++;
			return {};
		},
	};
	return cloudwatch;
}
