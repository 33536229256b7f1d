/** fromHash reads a value from the part of the address after #, which never leaves the browser. */
export function fromHash(name: string): string {
  return new URLSearchParams(location.hash.slice(1)).get(name) ?? '';
}
