// Run by JavaScriptClientTest with Node: the address of the gateway, that of the client's module, and a token.
import assert from 'node:assert/strict';

const [address, module, token] = process.argv.slice(2);
const { and, asc, connect, contains, eq, where } = await import(module);

/** The value that `tried` answers once it is not undefined. */
async function until(what, tried) {
  for (let wait = 0; wait < 400; wait++) {
    const found = tried();
    if (found !== undefined && found !== false) return found;
    await new Promise((next) => setTimeout(next, 25));
  }
  throw new Error(`waited in vain for ${what}`);
}

const sockets = [];
class Watched extends WebSocket {
  constructor(...all) {
    super(...all);
    sockets.push(this);
  }
}

const first = connect(address, { token: async () => token, WebSocket: Watched });
const second = connect(address, { token });
const refused = connect(address, { token: 'nonsense' });
let opened = 0;
first.on('open', () => opened++);

await assert.rejects(first.call('GET_DATA', 'todos'), { code: 'disconnected' });
let rows;
let changes = 0;
const query = where(and(eq('kind', 'js'), contains('text', 'a')), { order: [asc('n')], limit: 3 });
const subscription = first.subscribe('todos', query, (now) => {
  rows = now;
  changes++;
});
await until('the snapshot', () => rows);
assert.deepEqual(rows, []);
await until('the second client', () => second.connected);

const added = [];
for (const n of [5, 3, 4, 1]) added.push(await second.add('todos', { kind: 'js', text: 'abc', n }));
await until('the window', () => rows.map((row) => row.n).join() === '1,3,4');
await second.update('todos', added[0].id, { n: 0 });
await until('the row that moves in', () => rows.map((row) => row.n).join() === '0,1,3');
const kept = rows;
await second.delete('todos', added[3].id);
await until('the row that is gone', () => rows.map((row) => row.n).join() === '0,3,4');
assert.equal(kept.map((row) => row.n).join(), '0,1,3');
assert.equal((await first.get('todos', added[1].id)).n, 3);
assert.equal((await first.rows('todos', { ...query, limit: 1 })).rows.length, 1);
await assert.rejects(first.call('GET_DATA', 'unknown'), { code: 'unknown_table' });
await assert.rejects(first.add('todos', { tenant: 'other' }), { code: 'forbidden' });

let problem;
first.subscribe('unknown', {}, () => {}, { onError: (failure) => (problem = failure) });
await until('the error', () => problem);
assert.equal(problem.code, 'snapshot_failed');

let heard;
second.on('broadcast_message', (message) => (heard = message));
first.broadcast({ hello: 1 });
await until('the broadcast', () => heard);
assert.equal(heard.message.hello, 1);

const version = subscription.version;
assert.ok(version > 0 && Number.isSafeInteger(version));
const waiting = first.call('GET_DATA', 'todos');
sockets[0].close();
await assert.rejects(waiting, { code: 'disconnected' }).catch(() => waiting);
await second.add('todos', { kind: 'js', text: 'a', n: -1 });
await until('the rows after the loss', () => rows.map((row) => row.n).join() === '-1,0,3');
assert.equal(opened, 2);
assert.ok(subscription.version > version);
assert.equal(refused.connected, false);

subscription.close();
const before = changes;
await second.add('todos', { kind: 'js', text: 'a', n: -2 });
await first.call('TABLE_EXISTS', 'todos');
assert.equal(changes, before);
for (const each of [first, second, refused]) each.close();
console.log('the client works');
