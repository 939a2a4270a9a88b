/** An answer that is an error: `code` is for programs, `message` for people. */
export class GatewayError extends Error {
  constructor(code: string, message: string);
  readonly code: string;
}

export type Row = { id: string; [field: string]: unknown };

export interface Options {
  /** The token, or a function that gets one for each connection. */
  token?: string | (() => string | Promise<string>);
  /** The class of sockets, where there is no global one (Node before version 22). */
  WebSocket?: new (url: string, protocols?: string[]) => unknown;
  /** How long a call waits for its answer, in milliseconds; 15,000. */
  timeout?: number;
  /** After how much silence a connection counts as lost, in milliseconds; 30,000. */
  silence?: number;
}

export interface Change {
  kind: 'snapshot' | 'added' | 'modified' | 'removed';
  pk?: string;
  pos?: number | null;
  from?: number | null;
  row?: Row;
  lsn?: string;
  remaining?: number;
}

export interface Subscription<R = Row> {
  readonly rows: readonly R[];
  /** The version of the rows, to be stored beside them and given as `resumeFromVersion`. */
  readonly version: number;
  close(): void;
}

export interface SubscribeOptions {
  hashId?: string;
  resumeFromVersion?: number;
  onError?(failure: GatewayError): void;
}

export interface Connection {
  readonly connected: boolean;
  on(event: 'open', listener: () => void): () => void;
  on(event: 'close', listener: (code?: number) => void): () => void;
  on(event: 'error', listener: (failure: Error) => void): () => void;
  on(event: string, listener: (data: any) => void): () => void;
  call<T = unknown>(method: string, table: string, payload?: object): Promise<T>;
  rows<R = Row>(table: string, query?: Query): Promise<{ rows: R[]; cursor: Record<string, string | null> }>;
  get<R = Row>(table: string, id: string): Promise<R | null>;
  add<R = Row>(table: string, row: object): Promise<R>;
  update<R = Row>(table: string, id: string, updates: object): Promise<R>;
  delete(table: string, id: string): Promise<boolean>;
  subscribe<R = Row>(
    table: string,
    query: Query,
    listener: (rows: readonly R[], change: Change) => void,
    options?: SubscribeOptions,
  ): Subscription<R>;
  broadcast(data: unknown): void;
  authenticate(token: string): void;
  close(): void;
}

/** Opens a connection, which is made anew whenever it is lost, until it is closed. */
export function connect(url: string, options?: Options): Connection;

export type Scalar = string | number | bigint | boolean | Date | null;
export interface Filter {
  field_name: string;
  filter_type: string;
  value?: object;
}
export interface Wrapper {
  filter_wrapper_type: 'and' | 'or';
  filters: (Wrapper | Filter)[];
}
export interface Order {
  field: string;
  sort:
    | 'ASC_DEFAULT'
    | 'ASC_NULLS_FIRST'
    | 'ASC_NULLS_LAST'
    | 'DESC_DEFAULT'
    | 'DESC_NULLS_FIRST'
    | 'DESC_NULLS_LAST';
}
export interface Query {
  wrapper?: Wrapper;
  order?: Order[];
  cursor?: { field: string; value: object }[];
  limit?: number;
  strict_after?: boolean;
}

export function and(...filters: (Wrapper | Filter)[]): Wrapper;
export function or(...filters: (Wrapper | Filter)[]): Wrapper;
export function filter(field: string, type: string, value?: Scalar | Scalar[]): Filter;
export function eq(field: string, value: Scalar): Filter;
export function ne(field: string, value: Scalar): Filter;
export function lt(field: string, value: Scalar): Filter;
export function gt(field: string, value: Scalar): Filter;
export function contains(field: string, text: string): Filter;
export function isNull(field: string): Filter;
export function inList(field: string, values: Scalar[]): Filter;
export function asc(field: string): Order;
export function desc(field: string): Order;
export function where(wrapper: Wrapper | Filter, rest?: Omit<Query, 'wrapper'>): Query;
export function tagged(value: Scalar | Scalar[]): object;
