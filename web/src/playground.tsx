import { useEditorContext, usePluginStore } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect, useState } from 'react';
import icon from './icon.svg';
import { examples } from './examples.ts';
import { fetcher } from './fetcher.ts';
import { isNarrow, pressPanelButton } from './layout.ts';
import { openTab } from './tab.ts';
import { welcome } from './welcome.tsx';

const plugins = [welcome];

// GraphiQL keeps its tabs in the browser; without any, this is the first visit.
const firstVisit = localStorage.getItem('graphiql:tabState') === null;

// Other pages hand a query over after the # of the address, which no server sees.
const handed = new URLSearchParams(location.hash.slice(1));

export function Playground() {
  return (
    <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultQuery="" plugins={plugins}>
      <GraphiQL.Logo>
        <span className="cartograph-logo">
          <img src={icon} alt="" width="24" height="24" /> <span>Cartograph</span>
        </span>
      </GraphiQL.Logo>
      <TabInSight />
      {handed.has('query') ? <OpenHanded /> : firstVisit && !isNarrow() && <OpenWelcome />}
    </GraphiQL>
  );
}

/** OpenHanded opens the query of the address in a tab, once the editor is there, and takes it out of the address. */
function OpenHanded() {
  const editor = useEditorContext({ nonNull: true });
  const [opened, setOpened] = useState(false);
  const ready = editor.queryEditor !== null && editor.variableEditor !== null;
  useEffect(() => {
    if (!ready || opened) return;

    const query = handed.get('query')!;
    openTab(editor, { title: /^(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? 'Query', query, variables: handed.get('variables') ?? '' });
    history.replaceState(null, '', location.pathname + location.search);
    setOpened(true);
  }, [ready, opened, editor]);

  return null;
}

/** OpenWelcome opens the Welcome panel once GraphiQL has its button in the sidebar. */
function OpenWelcome() {
  const ready = usePluginStore().plugins.includes(welcome);
  useEffect(() => {
    if (ready) pressPanelButton(`Show ${welcome.title}`);
  }, [ready]);

  return null;
}

/** TabInSight scrolls the row of tabs to the active one. */
function TabInSight() {
  const { activeTabIndex } = useEditorContext({ nonNull: true });
  useEffect(() => {
    document.querySelector('.graphiql-tab-active')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [activeTabIndex]);

  return null;
}
