import type { useEditorContext } from '@graphiql/react';
import type { Example } from './examples.ts';
import { uniqueId } from './id.ts';

type Editor = NonNullable<ReturnType<typeof useEditorContext>>;

/** openTab shows a query in the tab that has it, or else in a new one. */
export function openTab(editor: Editor, { title, query, variables = '' }: Pick<Example, 'title' | 'query' | 'variables'>): void {
  const found = editor.tabs.findIndex((tab) => tab.query === query && (tab.variables ?? '') === variables);
  if (found >= 0) {
    editor.changeTab(found);
    return;
  }

  editor.moveTab([...editor.tabs, { id: uniqueId(), hash: '', title, operationName: title, query, variables, headers: '', response: null }]);
  editor.changeTab(editor.tabs.length);
}
