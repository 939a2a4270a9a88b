// A list of tasks: read-only until connected, the same in every tab. The page itself draws it (`draw`), at first what local storage has (`first`).
import { asc, connect } from './korm.js';

const QUERY = { order: [asc('created'), asc('id')], limit: 500 };

const element = (id) => document.getElementById(id);
const tabs = new BroadcastChannel(STORED);
let { rows, version } = first;
let connected = false;

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

list.addEventListener('change', ({ target }) => change(() => gateway.update('todos', idOf(target), { done: target.checked })).catch(show));
list.addEventListener('click', ({ target }) => {
  if (target.matches('button')) change(() => gateway.delete('todos', idOf(target))).catch(() => {});
});

function idOf(control) {
  return control.closest('li').dataset.id;
}

function show() {
  draw(rows, connected);
}

function setConnected(now) {
  connected = now;
  show();
}

function tell(problem) {
  element('problem').textContent = problem;
}

function store() {
  try {
    localStorage.setItem(STORED, JSON.stringify({ rows, version }));
  } catch {
    // A list that does not fit is shown all the same, only not before there is a connection.
  }
}
