import { useEditorContext, usePluginStore } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect } from 'react';
import icon from './icon.svg';
import { examples } from './examples.ts';
import { fetcher } from './fetcher.ts';
import { isNarrow, pressPanelButton } from './layout.ts';
import { welcome } from './welcome.tsx';

const plugins = [welcome];

// GraphiQL keeps its tabs in the browser; without any, this is the first visit.
const firstVisit = localStorage.getItem('graphiql:tabState') === null;

export function Playground() {
  return (
    <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultQuery="" plugins={plugins}>
      <GraphiQL.Logo>
        <span className="cartograph-logo">
          <img src={icon} alt="" width="24" height="24" /> <span>Cartograph</span>
        </span>
      </GraphiQL.Logo>
      <TabInSight />
      {firstVisit && !isNarrow() && <OpenWelcome />}
    </GraphiQL>
  );
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
