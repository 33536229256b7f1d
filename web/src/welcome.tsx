import { useEditorContext, useSchemaStore, type GraphiQLPlugin } from '@graphiql/react';
import { useState, type FormEvent } from 'react';
import { examples, type Example } from './examples.ts';
import { isNarrow, pressPanelButton } from './layout.ts';
import { openTab } from './tab.ts';
import { getToken, setToken } from './token.ts';

/** welcome is the panel that opens on the first visit: where things are, the token, and the examples. */
export const welcome: GraphiQLPlugin = { title: 'Welcome', icon: Icon, content: Welcome };

function Icon() {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
      <circle cx="12" cy="12" r="9" />
      <path d="m15.500 8.500-2 5-5 2 2-5z" />
    </svg>
  );
}

function Welcome() {
  return (
    <section className="cartograph-welcome" aria-label="Welcome">
      <h2>Welcome to Cartograph</h2>
      <p>
        The analytics of live commerce as one graph. <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs a query, <kbd>Ctrl</kbd>{' '}
        <kbd>Space</kbd> completes what you type, <kbd>Esc</kbd> <kbd>Tab</kbd> leaves the editor.
      </p>

      <h3>Documentation</h3>
      <p>
        The book at the top left opens the docs explorer with every type and field. <kbd>Ctrl</kbd>-click on a field leads to its
        page there.
      </p>

      <h3>Live events</h3>
      <p>
        The <a href="dashboard">dashboard</a> shows a live event before, during and after its broadcast, and the query behind each
        view.
      </p>

      <h3>Live carts</h3>
      <p>
        Two more pages show a cart being filled during a call: the <a href="agent">agent tool</a> asks for products, and the{' '}
        <a href="shopper">shopper’s page</a> answers.
      </p>

      <h3>Token</h3>
      <Token />

      <h3>Examples</h3>
      <Examples />

      <p className="cartograph-small">
        <a href="licenses.txt">Licences</a> of the software in this page
      </p>
    </section>
  );
}

function Examples() {
  const editor = useEditorContext({ nonNull: true });

  const open = (example: Example) => {
    openTab(editor, example);
    if (isNarrow()) pressPanelButton(`Hide ${welcome.title}`);
  };

  return (
    <ol>
      {examples.map((example) => (
        <li key={example.title}>
          <button type="button" onClick={() => open(example)}>
            <strong>{example.title}</strong>
            <span>{example.about}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Token() {
  const { introspect } = useSchemaStore();
  const [saved, setSaved] = useState(getToken() !== '');

  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setToken(String(new FormData(form).get('token')));
    setSaved(getToken() !== '');
    form.reset();
    void introspect();
  };

  return (
    <>
      <p>
        If the gateway asks for one, write <code>{'{"Authorization": "Bearer …"}'}</code> into <em>Headers</em> below the query, or
        give it here for all queries until this page is closed:
      </p>
      <form onSubmit={save}>
        <input name="token" type="password" autoComplete="off" aria-label="Token" placeholder={saved ? 'a token is in use' : 'paste a token'} />
        <button type="submit">Use</button>
      </form>
      {saved && <p className="cartograph-small">Leave it empty and press Use to forget the token.</p>}
    </>
  );
}
