// The documentation's mirror in a process of its own, so that it can be killed: fork(this, [MIRROR.MJS, URL, KEY]).
// Asked by a message, it answers [[userId, connectedAt], ...] and how often it was reset.
const [path, url, key] = process.argv.slice(2);
const { mirror } = await import(path);
const online = new Map();
const counts = { reset: 0, live: 0, changes: 0 };
console.error = () => {}; // it is cut off on purpose
process.on('message', () => {
  process.send({ online: [...online].map(([id, user]) => [id, user.connectedAt]).sort(), counts });
});
process.on('disconnect', () => process.exit());
await mirror(url, key, online, { told: (event) => ++counts[event in counts ? event : 'changes'] });
