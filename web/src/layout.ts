/** isNarrow reports whether the screen is so narrow that panels cover the editors; style.css has the same number. */
export function isNarrow(): boolean {
  return matchMedia('(max-width: 760px)').matches;
}

/** pressPanelButton presses the sidebar's button of a panel: the one way in GraphiQL 4 to open or close it with its width. */
export function pressPanelButton(label: string): void {
  document.querySelector<HTMLButtonElement>(`.graphiql-sidebar button[aria-label="${label}"]`)?.click();
}
