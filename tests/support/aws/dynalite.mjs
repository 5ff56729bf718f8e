// DynamoDB for tests: dynalite, in memory, which takes any signature; the verifier is in front of it.
import { needTool, tool } from '../npm.mjs';
import { until } from '../nginx.mjs';

needTool('dynalite');

// { port, call(action, input): the answer, or an Error with code; createTable(input), stop() }: without the verifier, for what a test sets up and looks at.
export async function startDynalite({ region }) {
	const { default: dynalite } = await tool('dynalite');
	const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
	await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
	const { port } = server.address();
	const call = async (action, input) => {
		const answer = await fetch(`http://127.0.0.1:${port}/`, {
			method: 'POST', body: JSON.stringify(input), headers: {
				'x-amz-target': `DynamoDB_20120810.${action}`, 'content-type': 'application/x-amz-json-1.0', 'x-amz-date': '20261121T000000Z',
				authorization: `AWS4-HMAC-SHA256 Credential=test/20261121/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=none`,
			},
		});
		const value = await answer.json();
		if (answer.status !== 200)
			throw Object.assign(new Error(`${action}: ${value.message ?? value.Message ?? value.__type}`), { code: value.__type?.replace(/^.*#/, '') });
		return value;
	};
	return {
		port, call,
		async createTable(input) {
			await call('CreateTable', { BillingMode: 'PAY_PER_REQUEST', ...input });
			await until(async () => (await call('DescribeTable', { TableName: input.TableName })).Table.TableStatus === 'ACTIVE', () => `table ${input.TableName}`);
		},
		stop: () => new Promise(resolve => {
			server.closeAllConnections?.();
			server.close(resolve);
		}),
	};
}
