// A GraphQL server for work on the pages: it answers every query on schema.graphqls with made-up values, over HTTP and, for
// subscriptions, WebSocket (one event a second). Started with `npm run mock`; PORT and SCHEMA may be set.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildSchema, execute, getNamedType, graphql, isAbstractType, isEnumType, isLeafType, isListType, isNonNullType, parse, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const file = process.env.SCHEMA ?? new URL('../../schema.graphqls', import.meta.url);
const schema = buildSchema(readFileSync(file, 'utf8'), { assumeValidSDL: true });

// The pages name their operations by the hash of their text.
const documents = Object.assign({}, ...['carts', 'dashboard'].map((folder) =>
  JSON.parse(readFileSync(new URL(`../src/${folder}/generated/persisted-documents.json`, import.meta.url), 'utf8'))));

const LIST_LENGTH = 3;

/** value makes up what a field answers: the same for the same field, so that screenshots can be compared. */
function value(type, name, index = 0) {
  if (isNonNullType(type)) return value(type.ofType, name, index);
  if (isListType(type)) return Array.from({ length: LIST_LENGTH }, (_, i) => value(type.ofType, name, i + 1));
  if (isEnumType(type)) return type.getValues()[0].value;
  if (!isLeafType(type)) return { __typename: concrete(type).name, index };

  switch (type.name) {
    case 'Int': return 12 + index;
    case 'Float': return 0.25 + index;
    case 'Boolean': return false;
    case 'DateTime': case 'Time': return '2026-10-01T09:30:00Z';
    case 'Decimal': return '49.90';
    default: return index > 0 ? `${name}-${index}` : name;
  }
}

function concrete(type) {
  return isAbstractType(type) ? schema.getPossibleTypes(type)[0] : type;
}

const fieldResolver = (source, args, context, info) => {
  if (source && info.fieldName in source) return source[info.fieldName];
  return value(info.returnType, info.fieldName, source?.index ?? 0);
};
const typeResolver = (source, context, info, type) => source.__typename ?? concrete(getNamedType(type)).name;

async function* everySecond(source, args, context, info) {
  for (let index = 1; ; index++) {
    yield { [info.fieldName]: value(info.returnType, info.fieldName, index) };
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

const server = createServer(async (request, response) => {
  const answer = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (request.url !== '/graphql' || request.method !== 'POST') return answer(404, { errors: [{ message: 'POST /graphql' }] });

  let body = '';
  for await (const chunk of request) body += chunk;
  const { query, variables, operationName } = JSON.parse(body);
  answer(200, await graphql({ schema, source: query, variableValues: variables, operationName, fieldResolver, typeResolver }));
});

useServer(
  {
    schema,
    onSubscribe: (_context, _id, { query, variables, operationName, extensions }) => {
      const source = query || documents[extensions?.persistedQuery?.sha256Hash];
      return { schema, document: parse(source), variableValues: variables, operationName };
    },
    execute: (args) => execute({ ...args, fieldResolver, typeResolver }),
    subscribe: (args) => subscribe({ ...args, fieldResolver, typeResolver, subscribeFieldResolver: everySecond }),
  },
  new WebSocketServer({ server, path: '/graphql' }),
);

const port = Number(process.env.PORT ?? 8082);
server.listen(port, '127.0.0.1', () => console.log(`mock of the gateway at http://127.0.0.1:${port}/graphql`));
