import { useEffect, useState } from 'preact/hooks';

/** views are the parts of the dashboard, in the order of their tabs. */
export const views = ['prelive', 'live', 'replay', 'chat'] as const;
export type View = (typeof views)[number];

/** Address is what the page shows. It stands after the # of the address, so that it can be kept, shared and gone back to. */
export type Address = {
  /** event is the native id of the live event, empty for the latest. */
  event: string;
  /** view is undefined where the event's phase decides. */
  view?: View;
  /** from and to bound the period, RFC 3339 in UTC; both are empty for the whole phase. */
  from: string;
  to: string;
};

/** useAddress follows the address. */
export function useAddress(): Address {
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const follow = () => setAddress(read());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return address;
}

/** go changes a part of the address. Another event is shown from its start: its view and period are its own. */
export function go(change: Partial<Address>): void {
  const next = change.event === undefined ? { ...read(), ...change } : { from: '', to: '', ...change };
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(next)) if (value) params.set(name, value);
  location.hash = params.toString();
}

function read(): Address {
  const params = new URLSearchParams(location.hash.slice(1));
  const from = moment(params.get('from'));
  const to = moment(params.get('to'));
  const bounded = from !== '' && to !== '' && from < to;
  return {
    event: params.get('event') ?? '',
    view: views.find((view) => view === params.get('view')),
    from: bounded ? from : '',
    to: bounded ? to : '',
  };
}

/** moment writes a time in one form, so that texts compare as times do; empty for what is none. */
function moment(text: string | null): string {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}
