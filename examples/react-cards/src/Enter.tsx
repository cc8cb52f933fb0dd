import { useState } from 'react';
import { serverUrl } from './session';

// Stands in for the login of a real application.
export function Enter({ onToken }: { onToken: (token: string) => void }) {
  const [token, setToken] = useState('');
  return (
    <main className="page">
      <div className="top"><h1>Care team</h1></div>
      <form className="enter" onSubmit={(event) => (event.preventDefault(), onToken(token.trim()))}>
        <label htmlFor="token">
          A token for {serverUrl}: <code>rollcall serve --dev</code> prints two.
        </label>
        <textarea id="token" required value={token} onChange={(event) => setToken(event.target.value)} />
        <button>Enter</button>
      </form>
    </main>
  );
}
