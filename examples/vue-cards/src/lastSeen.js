const inWords = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export function lastSeen(lastActive, now) {
  if (lastActive === null) return 'Offline';
  const minutes = Math.round((now - Date.parse(lastActive)) / 60_000);
  if (minutes < 1) return 'Last seen just now';
  if (minutes < 60) return `Last seen ${inWords.format(-minutes, 'minute')}`;
  if (minutes < 24 * 60) return `Last seen ${inWords.format(-Math.round(minutes / 60), 'hour')}`;
  return `Last seen ${inWords.format(-Math.round(minutes / 1440), 'day')}`;
}
