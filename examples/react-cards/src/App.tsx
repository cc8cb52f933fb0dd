import { useConnection, useOnlineUsers, useRollcall, useUsersPresence, useUserStatus } from '@rollcall/react';
import { useEffect, useState } from 'react';
import { lastSeen } from './lastSeen';
import { team, type Carer } from './team';

const ids = team.map(({ userId }) => userId);

function Card({ userId, name, role }: Carer) {
  const { online, lastActive } = useUserStatus(userId);
  const now = useNow();
  const initials = name.split(' ').map((word) => word[0]).join('').slice(0, 2);
  return (
    <li className="card" data-online={online}>
      <div className="face" aria-hidden="true">{initials}</div>
      <div className="who">
        <h2>{name}</h2>
        <p>{role}</p>
        <p className="presence">{online ? 'Online' : lastSeen(lastActive, now)}</p>
      </div>
    </li>
  );
}

// Updates “2 minutes ago” as time passes; by the server's clock, since the visitor's may be wrong.
function useNow() {
  const rollcall = useRollcall();
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  return rollcall.serverNow();
}

function Top() {
  const { status, userId, error } = useConnection();
  const { count } = useOnlineUsers();
  const words = {
    idle: 'Not connected',
    connecting: 'Connecting…',
    'awaiting-token': 'Waiting for the login…',
    connected: `${userId ?? ''} · ${count} online`,
    refused: error?.message ?? 'Refused',
    closed: 'The server ended the connection',
  };
  return (
    <div className="top">
      <h1>Care team</h1>
      <p className="state" data-status={status} role="status">{words[status]}</p>
    </div>
  );
}

export function App() {
  const [onlyOnline, setOnlyOnline] = useState(false);
  const presences = useUsersPresence(ids);
  const shown = team.filter(({ userId }) => !onlyOnline || presences.get(userId)?.online);
  return (
    <main className="page">
      <Top />
      <label className="filter">
        <input type="checkbox" checked={onlyOnline} onChange={(event) => setOnlyOnline(event.target.checked)} />
        Only who is online
      </label>
      {shown.length === 0 && <p className="none">Nobody of the team is online.</p>}
      <ul className="cards">
        {shown.map((carer) => <Card key={carer.userId} {...carer} />)}
      </ul>
    </main>
  );
}
