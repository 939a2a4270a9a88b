// A client of korm's gateway: live queries and calls over one WebSocket. No dependencies; for browsers, and for Node 18 and newer.

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;
const TOKEN_EXPIRED = 4401;

/** An answer that is an error: `code` is for programs, `message` for people. */
export class GatewayError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'GatewayError';
    this.code = code;
  }
}

/** Opens a connection, which is made anew whenever it is lost, until it is closed. */
export function connect(url, options = {}) {
  return new Connection(url, options);
}

class Connection {
  #url;
  #options;
  #socket = null;
  #open = false;
  #closed = false;
  #attempt = 0;
  #timer = null;
  #heartbeat = null;
  #heard = 0;
  #calls = new Map();
  #subscriptions = new Map();
  #listeners = new Map();
  #number = 0;

  constructor(url, options) {
    this.#url = url;
    this.#options = { timeout: 15_000, silence: 30_000, ...options };
    this.#dial();
  }

  /** Whether frames can be sent now. */
  get connected() {
    return this.#open;
  }

  /** Calls a listener for 'open', 'close', 'error' and each typed message, such as 'broadcast_message'; answers how to stop. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    return () => this.#listeners.get(event).delete(listener);
  }

  /** Calls a method of the gateway. Rejected at once while there is no connection, since a call that waited could be made twice. */
  call(method, table, payload = {}) {
    return new Promise((resolve, reject) => {
      if (!this.#open) {
        reject(new GatewayError('disconnected', 'There is no connection to the gateway'));
        return;
      }
      const correlationId = `${++this.#number}-${Date.now()}`;
      const timer = setTimeout(() => {
        this.#calls.delete(correlationId);
        reject(new GatewayError('timeout', `${method} was not answered in time; whether it was done is not known`));
      }, this.#options.timeout);
      this.#calls.set(correlationId, { resolve, reject, timer });
      this.#send({ op: 'rpc', method, table, payload, correlationId });
    });
  }

  rows(table, query = {}) {
    return this.call('GET_DATA', table, { queryJson: JSON.stringify(query) });
  }

  get(table, id) {
    return this.call('GET_SINGLE', table, { primaryId: id });
  }

  add(table, row) {
    return this.call('ADD_SINGLE', table, { data: row });
  }

  update(table, id, updates) {
    return this.call('UPDATE_SINGLE', table, { primaryId: id, updates });
  }

  delete(table, id) {
    return this.call('DELETE_ROW', table, { primaryId: id });
  }

  /**
   * Follows a query. `listener(rows, change)` gets the whole list, after the snapshot and after each change; rows are not to be altered.
   * The subscription is made anew after each loss of the connection. Answers `{ rows, version, close() }`.
   */
  subscribe(table, query, listener, options = {}) {
    const hashId = options.hashId ?? `${table}-${++this.#number}`;
    const subscription = {
      table,
      hashId,
      queryJson: JSON.stringify(query ?? {}),
      listener,
      failed: options.onError,
      rows: [],
      version: options.resumeFromVersion ?? 0,
      held: 0,
    };
    if (this.#subscriptions.has(hashId)) throw new GatewayError('bad_request', `There is a subscription ${hashId} already`);
    this.#subscriptions.set(hashId, subscription);
    if (this.#open) this.#begin(subscription);
    return {
      get rows() {
        return subscription.rows;
      },
      get version() {
        return subscription.version;
      },
      close: () => {
        if (this.#subscriptions.delete(hashId) && this.#open) this.#send({ op: 'unsubscribe', table, hashId });
      },
    };
  }

  /** Sends a message to all clients of the tenant. */
  broadcast(data) {
    if (!this.#open) throw new GatewayError('disconnected', 'There is no connection to the gateway');
    this.#send({ type: 'broadcast', data });
  }

  /** Gives the gateway a newer token of the same user, before the old one ends. */
  authenticate(token) {
    this.#options.token = token;
    if (this.#open) this.#send({ op: 'auth', token });
  }

  /** Ends the connection for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#lost();
  }

  async #dial() {
    let token;
    try {
      token = typeof this.#options.token === 'function' ? await this.#options.token() : this.#options.token;
      if (this.#closed) return;
      const Socket = this.#options.WebSocket ?? globalThis.WebSocket;
      if (!Socket) throw new GatewayError('unsupported', 'There is no WebSocket here; give one as options.WebSocket');
      const socket = token ? new Socket(this.#url, ['korm', `korm.bearer.${token}`]) : new Socket(this.#url);
      this.#socket = socket;
      socket.onopen = () => socket === this.#socket && this.#opened();
      socket.onmessage = (event) => {
        if (socket !== this.#socket || typeof event.data !== 'string') return;
        this.#heard = Date.now();
        this.#frame(JSON.parse(event.data));
      };
      socket.onerror = () => {};
      socket.onclose = (event) => {
        if (socket !== this.#socket) return;
        this.#socket = null;
        if (event.code === TOKEN_EXPIRED) this.#emit('error', new GatewayError('token_expired', 'The token has ended'));
        this.#lost(event.code);
      };
    } catch (failure) {
      this.#emit('error', failure);
      this.#lost();
    }
  }

  #opened() {
    this.#open = true;
    this.#attempt = 0;
    this.#heard = Date.now();
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#beat(), this.#options.silence / 3);
    this.#heartbeat.unref?.();
    for (const subscription of this.#subscriptions.values()) this.#begin(subscription);
    this.#emit('open');
  }

  /** A connection that says nothing is dead, though nobody has closed it. */
  #beat() {
    if (Date.now() - this.#heard > this.#options.silence) {
      const dead = this.#socket;
      this.#socket = null;
      dead?.close();
      this.#lost();
    } else if (this.#open) {
      this.#send({ op: 'ping' });
    }
  }

  #lost(code) {
    const was = this.#open;
    this.#open = false;
    clearInterval(this.#heartbeat);
    this.#failCalls('disconnected', 'The connection was lost; whether the call was done is not known');
    if (was) this.#emit('close', code);
    if (this.#closed) return;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#attempt++) * (0.5 + Math.random() / 2);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dial(), pause);
  }

  #failCalls(code, message) {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) {
      clearTimeout(call.timer);
      call.reject(new GatewayError(code, message));
    }
  }

  #begin(subscription) {
    subscription.held = 0;
    const frame = { op: 'subscribe', table: subscription.table, hashId: subscription.hashId, queryJson: subscription.queryJson };
    if (subscription.version > 0) frame.resumeFromVersion = subscription.version;
    this.#send(frame);
  }

  #frame(frame) {
    if (frame.type) {
      this.#emit(frame.type, frame.data);
      return;
    }
    const subscription = this.#subscriptions.get(frame.hashId);
    switch (frame.op) {
      case 'rpcResult': {
        const call = this.#calls.get(frame.correlationId);
        if (!call) return;
        this.#calls.delete(frame.correlationId);
        clearTimeout(call.timer);
        if (frame.ok) call.resolve(frame.data);
        else call.reject(new GatewayError(frame.code ?? 'error', frame.error));
        return;
      }
      case 'snapshot':
        if (!subscription) return;
        subscription.rows = frame.rows;
        subscription.held = subscription.version = Number(frame.cursor.lsn);
        this.#tell(subscription, { kind: 'snapshot' });
        return;
      case 'rowEvent':
        if (!subscription || subscription.held === 0 || frame.version <= subscription.held) return;
        subscription.held = frame.version;
        this.#apply(subscription, frame.event);
        if (!frame.event.remaining) {
          subscription.version = frame.version;
          this.#tell(subscription, frame.event);
        }
        return;
      case 'authResult':
        if (!frame.ok) this.#emit('error', new GatewayError('unauthenticated', frame.error));
        return;
      case 'error':
        this.#error(frame, subscription);
        return;
      default:
    }
  }

  /** A list of its own for each change, so that whoever holds an earlier one is not surprised. */
  #apply(subscription, event) {
    const rows = subscription.rows.slice();
    if (event.from !== null && event.from !== undefined) rows.splice(event.from, 1);
    if (event.kind !== 'removed') rows.splice(event.pos, 0, event.row);
    subscription.rows = rows;
  }

  #tell(subscription, change) {
    try {
      subscription.listener(subscription.rows, change);
    } catch (failure) {
      this.#emit('error', failure);
    }
  }

  #error(frame, subscription) {
    const failure = new GatewayError(frame.code, frame.message);
    if (frame.code === 'overflow') {
      this.#failCalls('overflow', 'The gateway dropped what waited for this client; whether the call was done is not known');
      for (const each of this.#subscriptions.values()) this.#begin(each);
    } else if (frame.code !== 'version_ahead') {
      subscription?.failed?.(failure);
      this.#emit('error', failure);
    }
  }

  #send(frame) {
    try {
      this.#socket.send(JSON.stringify(frame));
    } catch {
      // A socket that closes tells so by its event.
    }
  }

  #emit(event, data) {
    for (const listener of this.#listeners.get(event) ?? []) listener(data);
  }
}

/** Makes queries: `where(and(eq('done', false), contains('text', 'milk')), { order: [asc('n')], limit: 20 })`. */
export const and = (...filters) => ({ filter_wrapper_type: 'and', filters });
export const or = (...filters) => ({ filter_wrapper_type: 'or', filters });
export const filter = (field, type, value) => ({
  field_name: field,
  filter_type: type,
  ...(value === undefined ? {} : { value: tagged(value) }),
});
export const eq = (field, value) => filter(field, 'equals', value);
export const ne = (field, value) => filter(field, 'notEquals', value);
export const lt = (field, value) => filter(field, 'lessThan', value);
export const gt = (field, value) => filter(field, 'greaterThan', value);
export const contains = (field, text) => filter(field, 'contains', text);
export const isNull = (field) => filter(field, 'isNull');
export const inList = (field, values) => filter(field, 'inList', values);
export const asc = (field) => ({ field, sort: 'ASC_DEFAULT' });
export const desc = (field) => ({ field, sort: 'DESC_DEFAULT' });
export const where = (wrapper, rest = {}) => ({ wrapper: wrapper.filters ? wrapper : and(wrapper), ...rest });

/** The value of a filter with its type, as the protocol has it. */
export function tagged(value) {
  if (value === null) return { NullValue: {} };
  if (typeof value === 'string') return { StringValue: { value } };
  if (typeof value === 'boolean') return { BoolValue: { value } };
  if (typeof value === 'bigint') return { Int64Value: { value: value.toString() } };
  if (typeof value === 'number') return { NumberValue: { value } };
  if (value instanceof Date) return { TimestampValue: { epoch: value.getTime(), unit: 'MILLIS' } };
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each === 'string')) return { StringList: { values: value } };
    if (value.every((each) => typeof each === 'bigint')) return { Int64List: { values: value.map(String) } };
    if (value.every((each) => typeof each === 'number')) return { Float64List: { values: value } };
    if (value.every((each) => typeof each === 'boolean')) return { BoolList: { values: value } };
  }
  throw new GatewayError('bad_request', 'A filter compares with a text, a number, a bigint, a boolean, a date, null, or a list of one kind');
}
