/**
 * leaveEditorsByEscape gives the keyboard a way out of the editors, where Tab indents: after Escape the next Tab moves the
 * focus (https://www.w3.org/TR/WCAG22/#no-keyboard-trap).
 */
export function leaveEditorsByEscape(): void {
  let leaving = false;

  // In the capture phase, so before the editor sees the key.
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Shift') return;
      if (event.key === 'Tab' && leaving) event.stopImmediatePropagation();
      leaving = event.key === 'Escape' && event.target instanceof Element && event.target.closest('.CodeMirror') !== null;
    },
    { capture: true },
  );
}
