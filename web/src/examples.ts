export type Example = {
  /** title is the operation's name, which GraphiQL also shows as the tab's title. */
  title: string;
  /** about is what the first comment line says. */
  about: string;
  query: string;
  variables?: string;
};

const queries = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });
const variables = import.meta.glob<string>('./examples/*.variables.json', { query: '?raw', import: 'default', eager: true });

/** examples are the queries of the folder examples/, in the order of their file names. */
export const examples: Example[] = Object.keys(queries)
  .sort()
  .map((file) => {
    const query = queries[file]!;
    return {
      title: /^(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? file,
      about: /^#\s*(.*)/.exec(query)?.[1] ?? '',
      query,
      variables: variables[file.replace(/\.graphql$/, '.variables.json')],
    };
  });
