import type { useEditorContext } from '@graphiql/react';
import type { Example } from './examples.ts';

type Editor = NonNullable<ReturnType<typeof useEditorContext>>;

/** openTab shows a query in the tab that has it, or else in a new one. */
export function openTab(editor: Editor, { title, query, variables = '' }: Pick<Example, 'title' | 'query' | 'variables'>): void {
  const found = editor.tabs.findIndex((tab) => tab.query === query && (tab.variables ?? '') === variables);
  if (found >= 0) {
    editor.changeTab(found);
    return;
  }

  editor.moveTab([...editor.tabs, { id: tabId(), hash: '', title, operationName: title, query, variables, headers: '', response: null }]);
  editor.changeTab(editor.tabs.length);
}

/** tabId is unlike any other. crypto.randomUUID is missing on pages that did not come by HTTPS. */
function tabId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
