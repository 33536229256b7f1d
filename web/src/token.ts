// The token lives as long as the browser tab: sessionStorage is neither shared with other tabs nor kept after it is closed.
const KEY = 'cartograph:token';

export function getToken(): string {
  return sessionStorage.getItem(KEY) ?? '';
}

/** setToken keeps the token for all requests of this browser tab; an empty one forgets it. People paste "Bearer ..." too. */
export function setToken(token: string): void {
  const bare = token.trim().replace(/^bearer\s+/i, '');
  if (bare === '') {
    sessionStorage.removeItem(KEY);
    return;
  }
  sessionStorage.setItem(KEY, bare);
}
