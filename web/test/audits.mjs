// Runs the audits of GraphQL over HTTP (npm graphql-http) against a gateway, and fails unless all pass.
//
//   TOKEN=... node test/audits.mjs http://127.0.0.1:8080/graphql
import { auditServer } from 'graphql-http';

const url = process.argv[2];
const { TOKEN } = process.env;
const headers = TOKEN ? { authorization: `Bearer ${TOKEN}` } : {};

const results = await auditServer({
  url,
  fetchFn: (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
});

const passed = results.filter(({ status }) => status === 'ok').length;
for (const { id, name, status, reason } of results) {
  if (status !== 'ok') console.log(`${status} ${id} ${name}: ${reason}`);
}
console.log(`${passed} of ${results.length} audits passed`);
process.exit(passed === results.length ? 0 : 1);
