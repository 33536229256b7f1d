/** @jsxImportSource preact */

/** TokenForm asks for the token of somebody with certain scopes, and tells why the last one was not good. */
export function TokenForm({ of, why, enter }: { of: string; why: string; enter: (token: string) => void }) {
  return (
    <main class="gate">
      <form class="card" onSubmit={(event) => {
        event.preventDefault();
        enter(String(new FormData(event.currentTarget).get('token')));
      }}>
        <h2>A token, please</h2>
        <p>{why ? `The gateway says: ${why}.` : 'This gateway lets in those who have a token.'}</p>
        <label>
          Token of {of}
          <input name="token" type="password" autoComplete="off" required />
        </label>
        <button type="submit">Enter</button>
        <small>It is kept until this tab is closed.</small>
      </form>
    </main>
  );
}
