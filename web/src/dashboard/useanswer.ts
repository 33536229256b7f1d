import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Gateway, GatewayError, Operation } from '../carts/gateway.ts';

/** Answer is what a query gave: what is known, whether something newer is on its way, and what went wrong last. */
export type Answer<R> = { data?: R; loading: boolean; error?: GatewayError; reload: () => void };

/** useAnswer asks the gateway, and again when the variables change. The answer before stays until there is a new one. */
export function useAnswer<R, V>(gateway: Gateway, operation: Operation<R, V>, variables: V): Answer<R> {
  const [state, setState] = useState<{ data?: R; loading: boolean; error?: GatewayError }>({ loading: true });
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((n) => n + 1), []);

  useEffect(() => {
    let wanted = true; // an answer that comes after the next question is dropped
    setState(({ data }) => ({ data, loading: true }));
    gateway.run(operation, variables).then(
      (data) => wanted && setState({ data, loading: false }),
      (error: GatewayError) => wanted && setState({ error, loading: false }),
    );
    return () => {
      wanted = false;
    };
  }, [gateway, operation, JSON.stringify(variables), turn]);

  return { ...state, reload };
}
