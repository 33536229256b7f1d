/** resuming lets a client of graphql-ws or graphql-sse come back where it was: after the version it saw last. */
export const resuming = (client) => ({
  ...client,
  subscribe(request, sink) {
    const again = { ...request, variables: { ...request.variables } }; // what is sent after each reconnect
    return client.subscribe(again, {
      next(result) {
        const version = result.data?.cartUpdated?.version;
        if (version !== undefined) again.variables.after = version;
        sink.next(result);
      },
      error: (error) => sink.error(error),
      complete: () => sink.complete(),
    });
  },
});
