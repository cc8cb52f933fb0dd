import type { RollcallClient } from '@rollcall/client';
import { RollcallProvider } from '@rollcall/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { Enter } from './Enter';
import { enter, givenToken } from './session';
import './style.css';

function Root() {
  const [client, setClient] = useState<RollcallClient | null>(() => (givenToken ? enter(givenToken) : null));
  if (!client) return <Enter onToken={(token) => setClient(enter(token))} />;
  return (
    <RollcallProvider client={client}>
      <App />
    </RollcallProvider>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
