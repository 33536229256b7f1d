import type { CodegenConfig } from '@graphql-codegen/cli';

// The typed clients of the pages: their operations, checked against the schema, as types and documents. Documents are texts,
// so that the pages need no GraphQL parser, and are sent by their hash: the gateway has the persisted-documents.json of each
// in it. What one page asks is no part of another.
const config: CodegenConfig = {
  schema: '../schema.graphqls',
  generates: { ...client('carts'), ...client('dashboard') },
};

function client(folder: string): CodegenConfig['generates'] {
  return {
    [`src/${folder}/generated/`]: {
      documents: `src/${folder}/*.graphql`,
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
  };
}

export default config;
