// The seed's hook and card, word for word, in the smallest page that shows them.
import React, { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { io } from 'socket.io-client';

const { url, token, userId, name } = window.settings;
const socket = io(url, { auth: { token } });

function useUserPresence(userId) {
  const [online, setOnline] = useState(false);

  useEffect(() => {
    socket.emit('check-user-status', { userId }, (res) => {
      setOnline(res.data.online);
    });

    const handleOnline = (data) => {
      if (data.userId === userId) setOnline(true);
    };
    const handleOffline = (data) => {
      if (data.userId === userId) setOnline(false);
    };

    socket.on('user-online', handleOnline);
    socket.on('user-offline', handleOffline);

    return () => {
      socket.off('user-online', handleOnline);
      socket.off('user-offline', handleOffline);
    };
  }, [userId]);

  return online;
}

function UserCard({ userId, name }) {
  const online = useUserPresence(userId);
  
  return (
    <div>
      <h3>{name}</h3>
      <span>{online ? '🟢 Online' : '⚫ Offline'}</span>
    </div>
  );
}

createRoot(document.getElementById('root')).render(<UserCard userId={userId} name={name} />);
