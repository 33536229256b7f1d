/** @jsxImportSource preact */
import { useState } from 'preact/hooks';

/** Asked is what a view asked of the gateway. */
export type Asked = { query: string; variables: Record<string, unknown> };

/** QueryPanel shows the one query of a view, to be copied or taken to the playground. */
export function QueryPanel({ of: { query, variables } }: { of: Asked }) {
  const [copied, setCopied] = useState('');
  const text = tidy(query);
  const given = JSON.stringify(variables, null, 2);
  const playground = `./#${new URLSearchParams({ query: text, variables: given })}`;
  const copy = (what: string, name: string) => navigator.clipboard?.writeText(what).then(() => setCopied(`${name} copied.`), () => setCopied('The browser does not let pages copy.'));

  return (
    <aside class="card querypanel" aria-label="Query of this view">
      <div class="cardhead">
        <h3>The query of this view</h3>
      </div>
      <p class="buttons">
        <a class="button" href={playground}>Open in playground</a>
        <button type="button" onClick={() => copy(text, 'Query')}>Copy query</button>
        <button type="button" onClick={() => copy(given, 'Variables')}>Copy variables</button>
        <small role="status">{copied}</small>
      </p>
      <h4>Variables</h4>
      <pre tabIndex={0} aria-label="Variables">{given}</pre>
      <h4>Query</h4>
      <pre tabIndex={0} aria-label="Query" class="query">{text}</pre>
    </aside>
  );
}

/** tidy parts the fragments that graphql-codegen put behind the operation. */
function tidy(query: string): string {
  return query.trim().replace(/\n\s*(?=fragment )/g, '\n\n');
}
