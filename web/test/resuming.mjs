/** resuming lets a client of graphql-ws or graphql-sse come back where it was: after the version or cursor it saw last. */
export const resuming = (client) => ({
  ...client,
  subscribe(request, sink) {
    const again = { ...request, variables: { ...request.variables } }; // what is sent after each reconnect
    return client.subscribe(again, {
      next(result) {
        for (const event of Object.values(result.data ?? {})) {
          const seen = event?.version ?? event?.cursor;
          if (seen !== undefined) again.variables.after = seen;
        }
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    });
  },
});
