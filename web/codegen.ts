import type { CodegenConfig } from '@graphql-codegen/cli';

// The typed client of the agent tool and the shopper's page: their operations, checked against the schema, as types and
// documents. Documents are texts, so that the pages need no GraphQL parser, and are sent by their hash: the gateway has
// persisted-documents.json in it.
const config: CodegenConfig = {
  schema: '../schema.graphqls',
  documents: 'src/carts/*.graphql',
  generates: {
    'src/carts/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        onlyOperationTypes: true,
        skipTypename: true,
        useTypeImports: true,
        scalars: { DateTime: 'string', Decimal: 'string', CurrencyCode: 'string', Long: 'number', TagValue: 'unknown' },
      },
    },
  },
};

export default config;
