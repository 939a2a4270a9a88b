// A list of tasks: shown from local storage at once, read-only until connected, the same in every tab.
import { asc, connect } from './korm.js';

const STORED = 'korm.todos';
const QUERY = { order: [asc('created'), asc('id')], limit: 500 };

const element = (id) => document.getElementById(id);
const tabs = new BroadcastChannel(STORED);
const stored = restore();
let rows = stored.rows;
let version = stored.version;
let connected = false;

show();

const address = new URLSearchParams(location.search).get('gateway') ?? `ws://${location.hostname}:7000/`;
const gateway = connect(address);
gateway.on('close', () => setConnected(false));
gateway.on('error', (failure) => tell(failure.message));

const subscription = gateway.subscribe(
  'todos',
  QUERY,
  (now) => {
    rows = now;
    version = subscription.version;
    connected = true;
    tell('');
    show();
    store();
    tabs.postMessage({ rows, version });
  },
  { resumeFromVersion: version || undefined },
);

// What another tab was told is shown here at once, also while this one has no connection.
tabs.onmessage = ({ data }) => {
  if (data.version > version) {
    rows = data.rows;
    version = data.version;
    show();
  }
};

element('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = element('text').value.trim();
  if (text) change(() => gateway.add('todos', { text, done: false, created: Date.now() })).then(() => (element('text').value = ''));
});

function change(call) {
  return call().catch((failure) => {
    tell(failure.message);
    throw failure;
  });
}

function show() {
  document.body.classList.toggle('read-only', !connected);
  for (const control of document.querySelectorAll('#add input, #add button')) control.disabled = !connected;
  const badge = element('badge');
  badge.textContent = connected ? 'live' : rows.length ? 'cached' : 'offline';
  badge.className = badge.textContent;
  element('list').replaceChildren(...rows.map(line));
}

function line(row) {
  const item = document.createElement('li');
  item.className = row.done ? 'done' : '';
  const done = document.createElement('input');
  done.type = 'checkbox';
  done.checked = row.done;
  done.disabled = !connected;
  done.onchange = () => change(() => gateway.update('todos', row.id, { done: done.checked })).catch(show);
  const text = document.createElement('span');
  text.textContent = row.text;
  const gone = document.createElement('button');
  gone.textContent = '×';
  gone.title = 'Delete';
  gone.disabled = !connected;
  gone.onclick = () => change(() => gateway.delete('todos', row.id)).catch(() => {});
  item.append(done, text, gone);
  return item;
}

function setConnected(now) {
  connected = now;
  show();
}

function tell(problem) {
  element('problem').textContent = problem;
}

function restore() {
  try {
    const found = JSON.parse(localStorage.getItem(STORED));
    return Array.isArray(found?.rows) ? found : { rows: [], version: 0 };
  } catch {
    return { rows: [], version: 0 };
  }
}

function store() {
  try {
    localStorage.setItem(STORED, JSON.stringify({ rows, version }));
  } catch {
    // A list that does not fit is shown all the same, only not before there is a connection.
  }
}
