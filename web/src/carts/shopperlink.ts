import { fromHash } from './hash.ts';

const KEY = 'cartograph:shopper:';

/** arrive reads the link that the agent made. Its token leaves the address at once, where it could be seen or shared, and
 * is kept until the tab is closed, so that the page can be reloaded. */
export function arrive(): { callId: string; token: string } {
  const callId = fromHash('call');
  const given = fromHash('token');
  if (given !== '') {
    sessionStorage.setItem(KEY + callId, given);
    history.replaceState(null, '', `#${new URLSearchParams({ call: callId })}`);
  }
  return { callId, token: given || (sessionStorage.getItem(KEY + callId) ?? '') };
}
